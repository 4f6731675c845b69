/** The publishers of a simulated world: they take a request up, ask, deliver, refuse, or say nothing; sometimes twice. */
import type { EscalationMessage } from '../../domain/effects.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import type { World } from './life.ts';
import { DAY } from './terms.ts';

const HOUR = 3_600_000;

/** The workflow's part: the message arrives sooner or later, and the publisher acts on it. */
export function publisherHears(world: World, message: EscalationMessage): void {
  const { random } = world;
  world.later(random.chance(0.05) ? random.int(1, 40) * HOUR : random.int(5, 3_000), () => {
    world.give({ type: 'escalationTold', key: message.key, at: world.now, who: 'system', channel: 'system' });
    if (message.kind === 'startEscalation') return acknowledges(world, message.n);
    const { verdict } = message;
    const goesOn = verdict.what === 'rejected' || (verdict.what === 'accepted' && !verdict.ends);
    // Who was told that it is over may have said something before it knew.
    if (goesOn || random.chance(0.2)) acts(world, message.n);
  });
}

function acknowledges(world: World, n: number): void {
  world.later(world.random.int(1, DAY), () => {
    report(world, { what: 'acknowledged', sr: `SR-${n}` }, n);
    acts(world, n);
  });
}

function acts(world: World, n: number): void {
  const { random } = world;
  world.later(random.int(1, 3 * DAY), () => {
    const chance = random.next();
    if (chance < 0.35) return report(world, { what: 'delivered', kind: 'fix', text: 't-delivered' }, n);
    if (chance < 0.6) return report(world, { what: 'delivered', kind: 'workaround', text: 't-delivered' }, n);
    if (chance < 0.7) return report(world, { what: 'refused', exclusion: 'training' }, n);
    if (chance < 0.75) return report(world, { what: 'withdrawn' }, n);
    if (chance < 0.8) report(world, { what: 'breached', dueAt: world.now }, n);
    else if (chance < 0.9) {
      report(world, { what: 'asked', text: 't-asked' }, n);
      report(world, { what: 'provided' }, n);
    } else return;
    acts(world, n);
  });
}

type Told = EscalationReport extends infer R ? (R extends unknown ? Omit<R, 'id' | 'n' | 'at' | 'who'> : never) : never;

function report(world: World, told: Told, n: number): void {
  const { now, state, random } = world;
  const id = `escalation:${state.number}:${n}:report.${told.what}:${now}-${state.seq}`;
  const said = { ...told, id, n, at: now, who: 'publisher:p1' } as EscalationReport;
  const event = { report: said, at: now, who: 'publisher:p1', channel: 'system', commandId: id } as const;
  world.give({ ...event, type: 'escalationReported' });
  if (!random.chance(0.1)) return;
  const { state: after } = world;
  world.give({ ...event, type: 'escalationReported' });
  if (world.state !== after && after.commands.some((command) => command.id === id)) {
    throw new Error(`${told.what} was reported twice and changed the state`);
  }
}
