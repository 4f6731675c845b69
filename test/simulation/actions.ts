/** What people, and the world around them, do to a simulated request. */
import { COMMANDS, type CommandName, type EventPayloads, type RequestEvent } from '../../domain/events.ts';
import { possibleCommands } from '../../domain/transitions.ts';
import { COMMAND_FIELDS } from '../support/life.ts';
import { closing, WHOLE_WINDOW } from '../support/rules.ts';
import type { World } from './life.ts';
import { DAY, TERMS } from './terms.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Commands that keep a life going are tried more often than those that end it. */
const OFTEN: readonly CommandName[] = [
  'acknowledge',
  'ask',
  'ask',
  'ask',
  'proposeWorkaround',
  'proposeFix',
  'proposeFix',
  'confirm',
  'confirm',
  'reject',
  'escalate',
  'defer',
  'resume',
  'requalify',
  'correctAddress',
  'correctAddress',
  'reopen',
];

/** One thing happens, by chance. */
export function anAction(world: World): void {
  const { random } = world;
  const chance = random.next();
  if (chance < 0.5) return command(world);
  if (chance < 0.78) return answer(world);
  if (chance < 0.84) return message(world);
  if (chance < 0.88) return closure(world);
  if (chance < 0.95) return world.leave(random.chance(0.5) ? random.int(1, 12) * HOUR : random.int(1, 9) * DAY);
  world.later(random.int(1, 9), () => command(world));
}

/** Of staff, mostly possible ones; sometimes the same once more, as a client does that heard no answer. */
function command(world: World): void {
  const { random, now, state, rules } = world;
  const possible = possibleCommands(state, rules, now);
  const wished = OFTEN.filter((name) => possible.includes(name) && (name !== 'requalify' || random.chance(0.4)));
  const name = random.chance(0.1)
    ? random.pick(COMMANDS)
    : random.chance(0.8)
      ? random.pick(wished)
      : random.pick(possible);
  if (!name || name === 'answer') return;
  const commandId = `s${now}-${state.seq}`;
  const who = name === 'confirm' || name === 'reject' ? 'contact:c1' : 'staff:a1';
  const fields = { ...COMMAND_FIELDS[name], ...particulars(world, name) };
  const event = { ...fields, type: name, at: now, who, channel: 'api', commandId } as unknown as RequestEvent;
  world.give(event);
  if (random.chance(0.05)) again(world, event);
}

function particulars(world: World, name: CommandName): object {
  const { random } = world;
  const priority = random.pick(['blocking', 'major', 'minor']);
  switch (name) {
    case 'requalify':
      return { priority };
    case 'ask':
      return { automatic: random.chance(0.2) };
    case 'confirm':
      return world.state.proposal?.kind === 'workaround' ? { permanent: random.chance(0.3) } : {};
    case 'close':
      return { reason: random.pick(['withdrawn', 'confirmed'] satisfies EventPayloads['close']['reason'][]) };
    case 'escalate':
      return { n: (world.state.escalations?.length ?? 0) + 1 };
    case 'amendTerms':
      return {
        terms: { ...random.pick(TERMS), version: world.state.termsVersion + 1 },
        windows: world.windows(random.int(30, 70)),
      };
    default:
      return {};
  }
}

/** A repeated command changes nothing. */
function again(world: World, event: RequestEvent): void {
  world.later(world.random.int(1, 5 * MINUTE), () => {
    const { state } = world;
    if (!state.commands.some(({ id }) => id === event.commandId)) return;
    world.give(event);
    if (world.state !== state) throw new Error(`${event.type} was repeated and changed the state`);
  });
}

/** The customer says something: by mail, which is relayed sooner or later, or by telephone, written down afterwards. */
function answer(world: World): void {
  const { random, now, state } = world;
  if (state.status !== 'waiting' && random.chance(0.6)) return;
  const isMail = random.chance(0.7);
  const receivedAt = isMail ? now : now - random.int(0, 2 * HOUR);
  const commandId = `a${now}-${state.seq}`;
  world.answerReceived(receivedAt);
  world.later(isMail && random.chance(0.2) ? random.int(1, 40) * HOUR : random.int(1, 5_000), () => {
    const channel = isMail ? 'mail' : 'phone';
    const event = { type: 'answer', at: receivedAt, who: 'contact:c1', channel, commandId } as const;
    world.give(event);
    if (random.chance(0.1)) again(world, event);
  });
}

/** A doubtful message is held, and looked at hours or weeks later. */
function message(world: World): void {
  const { random, now } = world;
  const mail = `m${now}`;
  world.give({ type: 'holdMessage', at: now, who: 'system', channel: 'mail', mail });
  world.later(random.int(1, random.pick([HOUR, 20 * DAY])), () => {
    const accepts = random.chance(0.3);
    if (accepts) world.give({ type: 'answer', at: world.now, who: 'contact:c1', channel: 'mail', mail });
    else world.give({ type: 'dismissMessage', at: world.now, who: 'staff:a1', channel: 'api', mail });
  });
}

/** Support announces hours or days on which it will be closed, and sometimes takes them back before they are over. */
function closure(world: World): void {
  const { random, now } = world;
  const from = now + random.int(0, 10 * DAY);
  const to = from + (random.chance(0.5) ? random.int(1, 5) * HOUR : random.int(1, 4) * DAY);
  const closed = { from, to };
  world.closures.push(closed);
  announceHours(world);
  if (!random.chance(0.3)) return;
  world.later(random.int(1, to - now), () => {
    if (world.now >= to) return;
    closed.to = world.now;
    announceHours(world);
  });
}

/** The hours with all closures so far. The request is told at once, or late: while it is not, it counts on the old ones. */
function announceHours(world: World): void {
  const { random, closures } = world;
  const hours = closures
    .filter(({ from, to }) => to > from)
    .reduce((open, { from, to }) => closing(open, from, to), WHOLE_WINDOW);
  world.hours = { ...hours, calendarVersion: world.hours.calendarVersion + 1 };
  if (random.chance(0.5)) return tellHours(world);
  world.later(random.int(1, random.pick([HOUR, DAY, 6 * DAY])), () => tellHours(world));
}

/** As the workflow does: hours that it has are no news. */
function tellHours(world: World): void {
  if (world.toldHours === world.hours) return;
  const windows = world.windows(world.random.int(30, 70));
  world.give({ type: 'openingHoursChanged', at: world.now, who: 'system', channel: 'system', windows });
}
