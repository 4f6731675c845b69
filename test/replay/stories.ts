/** Lives whose histories are recorded: one for each way a request can go. */
import { randomUUID } from 'node:crypto';
import { openingHoursChanged } from '../../workflows/messages.ts';
import { type RequestWorld, TERMS, windowsFrom } from '../support/requestWorld.ts';

/** Plays a life under `number`; it may be left open. */
export type Story = (world: RequestWorld, number: string) => Promise<void>;

/** By file name in `histories/`. Each runs on the same server, one after the other. */
export const STORIES: { readonly [name: string]: Story } = {
  async registered(world, number) {
    await world.open(number, { priority: 'major' });
  },
  async inProgress(world, number) {
    await world.open(number, { priority: 'major' });
    await world.command(number, 'acknowledge', {});
    await world.command(number, 'assign', { assignee: 'staff:a2' });
    await world.command(number, 'note', { text: 't2' });
    await world.command(number, 'logWork', { seconds: 900 });
  },
  async waitingAndReminded(world, number) {
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    await world.env.sleep('5 days');
  },
  async deferredAndResumed(world, number) {
    await world.open(number, { priority: 'minor' });
    await world.command(number, 'acknowledge', {});
    await world.command(number, 'defer', { text: 't2' });
    await world.env.sleep('120 days');
    await world.command(number, 'resume', {});
  },
  async silentUntilClosed(world, number) {
    await world.open(number, { priority: 'major' });
    await world.command(number, 'ask', { text: 't2' });
    await world.finish(number);
  },
  async answeredFixedAndInProduction(world, number) {
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    await world.env.sleep('30 hours');
    await world.answer(number);
    await world.command(number, 'proposeWorkaround', { text: 't3' });
    await world.command(number, 'confirm', { permanent: false });
    await world.command(number, 'proposeFix', { text: 't4' });
    await world.command(number, 'reject', { text: 't5' });
    await world.command(number, 'proposeFix', { text: 't6' });
    await world.command(number, 'confirm', {});
    await world.command(number, 'putInProduction', {});
    await world.finish(number);
  },
  async refused(world, number) {
    await world.open(number, {});
    await world.command(number, 'refuse', { exclusion: 'notReproducible' });
    await world.finish(number);
  },
  async breached(world, number) {
    await world.open(number, { priority: 'blocking' });
    await world.env.sleep('20 days');
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
  },
  async undeliverableAndCorrected(world, number) {
    await world.open(number, { priority: 'blocking' });
    world.answerMail = (mail, at) => ({ result: mail.order.kind === 'reminder' ? 'refused' : 'accepted', at });
    await world.command(number, 'ask', { text: 't2' });
    await world.env.sleep('6 days');
    world.answerMail = (_mail, at) => ({ result: 'accepted', at });
    await world.command(number, 'correctAddress', {});
    await world.finish(number);
  },
  async reopened(world, number) {
    await world.open(number, {});
    await world.command(number, 'acknowledge', {});
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
    const commandId = randomUUID();
    const payload = { by: 'command', who: 'staff:a1', channel: 'api', commandId, text: 't2' } as const;
    await world.reopen(number, world.lastState(number), payload);
    await world.command(number, 'requalify', { priority: 'blocking', text: 't3' });
  },
  async termsAmendedAndHoursChanged(world, number) {
    await world.open(number, { priority: 'major' });
    const now = await world.now();
    const windows = windowsFrom(now);
    await world.command(number, 'amendTerms', { terms: { ...TERMS, version: 2 }, windows });
    await world.handle(number).signal(openingHoursChanged, { windows });
    await world.command(number, 'acknowledge', {});
  },
  async closureAnnouncedAndTakenBack(world, number) {
    await world.open(number, { priority: 'major' });
    const registered = await world.now();
    const closure = { announcedAt: registered, from: registered + 3_600_000, to: registered + 2 * 86_400_000 };
    const tell = async (version: number, takenBackAt?: number) => {
      const closures = [takenBackAt === undefined ? closure : { ...closure, takenBackAt }];
      const windows = windowsFrom(registered, await world.now(), { version, closures });
      await world.handle(number).signal(openingHoursChanged, { windows, termsVersion: 1 });
    };
    await tell(2);
    await tell(2);
    await world.command(number, 'note', { text: 't2' });
    await world.env.sleep('1 day');
    await tell(3, await world.now());
    await world.command(number, 'acknowledge', {});
  },
};
