/** Commands of both sides: `POST /v1/escalations/{number}/{n}/{command}`, one route each, named as the events are. */
import type { Pool } from 'pg';
import type { EscalationDoor } from '../../client/escalationDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { readTerms } from '../../db/contracts.ts';
import type { EscalationRow } from '../../db/escalations.ts';
import { changePublisherAddress, readPublisher } from '../../db/publishers.ts';
import { allocateSr, OUR_NUMBERS, releaseOwnSr } from '../../db/srNumbers.ts';
import {
  ESCALATION_COMMANDS,
  type EscalationCommandName,
  type EscalationCommandOf,
} from '../../domain/escalation/events.ts';
import { Refusal } from '../../domain/failures.ts';
import { ESCALATION_BODIES, ESCALATION_SUMMARIES, type EscalationBody } from '../escalationBodies.ts';
import { EscalationOut } from '../escalationSchemas.ts';
import { withText } from '../givenText.ts';
import { type FieldError, Problem, validationFailed } from '../problems.ts';
import { mayCommandEscalation, ROLES, whoOf } from '../rights.ts';
import { changing, type Route } from '../route.ts';
import { escalationAnswer, refusedForCaller, visibleEscalation } from '../visibleEscalation.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly escalationDoor: EscalationDoor;
}

type Meta = Pick<EscalationCommandOf<'note'>, 'who' | 'channel' | 'commandId'>;

/** One route for every command. */
export function escalationCommandRoutes(deps: Dependencies): Route[] {
  return ESCALATION_COMMANDS.map((name) => commandRoute(deps, name));
}

function commandRoute<T extends EscalationCommandName>(deps: Dependencies, name: T): Route {
  const { pool } = deps;
  return changing({
    path: `/v1/escalations/{number}/{n}/${name}`,
    tag: 'escalations',
    summary: ESCALATION_SUMMARIES[name],
    roles: ROLES.filter((role) => mayCommandEscalation(role, name)),
    body: ESCALATION_BODIES[name],
    answer: { status: 200, description: 'The escalation after the command', schema: EscalationOut },
    async handle({ caller, params, body: checkedBody, call }) {
      const row = await visibleEscalation(pool, caller, params);
      requireSent(row);
      const body = checkedBody as EscalationBody<T>;
      await requireKnown(pool, row, body);
      const { text, ...fields } = body as { text?: string };
      const meta: Meta = { who: whoOf(caller), channel: 'api', commandId: call.updateId };
      try {
        await withText(pool, row.request, text, meta, (named) => give(deps, row, name, { ...fields, ...named }, meta));
      } catch (error) {
        throw refusedForCaller(error, caller);
      }
      return await escalationAnswer(pool, caller, row.id);
    },
  });
}

/** @throws Problem `invalid-transition` for a draft, Unavailable while its workflow is being started */
function requireSent({ stage, request, n }: EscalationRow): void {
  if (stage === 'sent') return;
  if (stage === 'sending') throw new Unavailable('worker');
  const detail = `Escalation ${n} is a draft: complete it, then send it by POST /v1/requests/${request}/escalate.`;
  throw new Problem('invalid-transition', detail, { possible: [] });
}

/** What only the terms of the publisher's contract can judge. @throws Problem `validation-failed` */
async function requireKnown(pool: Pool, row: EscalationRow, body: object): Promise<void> {
  const { priority, exclusion, sr } = body as { priority?: string; exclusion?: string; sr?: string };
  const errors: FieldError[] = [];
  if (sr !== undefined && OUR_NUMBERS.test(sr)) {
    const message = 'Numbers of ours look like this one: give your own, or leave it out and one of ours is issued.';
    errors.push({ path: 'sr', message });
  }
  if (priority !== undefined || exclusion !== undefined) {
    const terms = await readTerms(pool, row.contract, row.termsVersion);
    errors.push(...oneOf('priority', priority, terms?.priorities), ...oneOf('exclusion', exclusion, terms?.exclusions));
  }
  if (errors.length > 0) throw validationFailed(errors);
}

function oneOf(path: string, name: string | undefined, known: object = {}): FieldError[] {
  if (name === undefined || Object.hasOwn(known, name)) return [];
  return [{ path, message: `This must be one of: ${Object.keys(known).join(', ')}.` }];
}

async function give(
  deps: Dependencies,
  row: EscalationRow,
  name: EscalationCommandName,
  fields: object,
  meta: Meta,
): Promise<void> {
  switch (name) {
    case 'acknowledge':
      return await acknowledge(deps, row, (fields as EscalationBody<'acknowledge'>).sr, meta);
    case 'correctAddress':
      return await correctAddress(deps, row, (fields as EscalationBody<'correctAddress'>).email, meta);
    default:
      // The body has been checked by the command's own schema, whose fields are those of the event.
      await deps.escalationDoor.command(row.id, name, { ...fields, ...meta } as unknown as EscalationCommandOf<
        typeof name
      >);
  }
}

/** The number comes first: whatever is repeated afterwards, the escalation has one. */
async function acknowledge(
  { pool, escalationDoor }: Dependencies,
  row: EscalationRow,
  own: string | undefined,
  meta: Meta,
): Promise<void> {
  const allocated = await allocateSr(pool, row.id, Date.now(), own);
  try {
    await escalationDoor.command(row.id, 'acknowledge', { ...allocated, ...meta });
  } catch (error) {
    if (error instanceof Refusal && isOver(error) && own !== undefined) await releaseOwnSr(pool, row.id, own);
    throw error;
  }
}

/** An escalation that has ended takes no number any more; of one that goes on, another call may have given it. */
function isOver({ details: { status } }: Refusal): boolean {
  return status === 'closed' || status === 'refused' || status === 'withdrawn';
}

/**
 * The command sends mail again at once, so the address comes first; it is put back when the command is refused. Where no mail
 * was undeliverable it is not touched: all that goes to the publisher goes there.
 */
async function correctAddress(
  { pool, escalationDoor }: Dependencies,
  row: EscalationRow,
  email: string,
  meta: Meta,
): Promise<void> {
  const { state, view } = row;
  const isRepeated = state?.commands.some(({ id }) => id === meta.commandId) === true;
  if (view && !isRepeated && !view.possible.includes('correctAddress')) {
    throw new Refusal(
      'InvalidTransition',
      'correctAddress was refused: No mail of this escalation was undeliverable.',
      {
        tried: 'correctAddress',
        status: view.status,
        possible: view.possible,
      },
    );
  }
  const publisher = await readPublisher(pool, row.publisher);
  if (!publisher) throw new Error('the publisher of the escalation is not there');
  await changePublisherAddress(pool, publisher.id, publisher.email, email);
  try {
    await escalationDoor.command(row.id, 'correctAddress', meta);
  } catch (error) {
    if (error instanceof Refusal) await changePublisherAddress(pool, publisher.id, email, publisher.email);
    throw error;
  }
}
