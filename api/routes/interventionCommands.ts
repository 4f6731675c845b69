/** Commands on an intervention: `POST /v1/interventions/{number}/{n}/{command}`, one route each, named as the events are. */
import type { Pool } from 'pg';
import type { InterventionDoor } from '../../client/interventionDoor.ts';
import {
  forecastCancelling,
  forecastChangingDate,
  forecastLogging,
  requireSendable,
} from '../../client/interventionForecast.ts';
import type { TokenHolder } from '../../db/accessTokens.ts';
import { isActiveStaff, readContact, readTerms } from '../../db/contracts.ts';
import { deleteEstimate, storeEstimate } from '../../db/interventionEstimates.ts';
import type { InterventionRow } from '../../db/interventions.ts';
import { isOrderEntered } from '../../db/ledger/orders.ts';
import { furtherTextId } from '../../db/texts.ts';
import { Refusal } from '../../domain/failures.ts';
import { isNone } from '../../domain/intervention/amounts.ts';
import {
  INTERVENTION_COMMANDS,
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
  type InterventionEventOf,
} from '../../domain/intervention/events.ts';
import { draftEstimate, type EstimateDraft } from '../estimateDraft.ts';
import { withAddress } from '../givenAddress.ts';
import { withText } from '../givenText.ts';
import { INTERVENTION_BODIES, INTERVENTION_SUMMARIES, type InterventionBody } from '../interventionBodies.ts';
import { CancellationOut, EstimateDraftOut, InterventionOut, LoggingOut } from '../interventionSchemas.ts';
import { cancellationOut } from '../presentIntervention.ts';
import { validationFailed } from '../problems.ts';
import { mayCommandIntervention, ROLES, whoOf } from '../rights.ts';
import { type Answer, type Changing, changing, type Input, type KeyedCall, type Route } from '../route.ts';
import { interventionAnswer, interventionRefusal, visibleIntervention } from '../visibleIntervention.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly interventionDoor: InterventionDoor;
}

type Meta = Pick<InterventionCommandOf<'note'>, 'who' | 'channel' | 'commandId' | 'receivedAt' | 'enteredBy'>;
/** What a body has in words, and when they were said. */
type Written = { readonly text?: string; readonly actionPlan?: string; readonly receivedAt?: string };
type DateWish = Omit<InterventionEventOf<'changeDate'>, 'type'>;
type Shown = Input & { readonly body: unknown };

/** One route for every command. */
export function interventionCommandRoutes(deps: Dependencies): Route[] {
  return INTERVENTION_COMMANDS.map((name) => commandRoute(deps, name));
}

function commandRoute(deps: Dependencies, name: InterventionCommandName): Route {
  const { pool } = deps;
  const dryRun = dryRunOf(pool, name);
  return changing({
    path: `/v1/interventions/{number}/{n}/${name}`,
    tag: 'interventions',
    summary: INTERVENTION_SUMMARIES[name],
    roles: ROLES.filter((role) => mayCommandIntervention(role, name)),
    body: INTERVENTION_BODIES[name],
    answer: { status: 200, description: 'The intervention after the command', schema: InterventionOut },
    ...(dryRun ? { dryRun } : {}),
    async handle({ caller, params, body, call }) {
      const row = await visibleIntervention(pool, caller, params);
      const { text, actionPlan, receivedAt, ...fields } = body as Written;
      const meta = metaOf(caller, row, name, call, receivedAt);
      try {
        await withText(pool, row.request, text, meta, (named) =>
          withActionPlan(pool, row.request, actionPlan, meta, (further) =>
            give(deps, row, name, { ...inMilliseconds(fields), ...named, ...further }, meta),
          ),
        );
      } catch (error) {
        throw interventionRefusal(error, caller);
      }
      return await interventionAnswer(pool, caller, row.id);
    },
  });
}

/** What costs by when it happened: it counts from when it was first given. That something was away costs the customer nothing. */
const COUNTED: readonly InterventionCommandName[] = ['stopWork', 'complete', 'cancel', 'changeDate'];

/** The customer's own word, or what was told on the phone, entered by staff. @throws Problem `validation-failed` */
function metaOf(
  caller: TokenHolder,
  row: InterventionRow,
  name: InterventionCommandName,
  { updateId: commandId, since }: KeyedCall,
  receivedAt: string | undefined,
): Meta {
  const first = COUNTED.includes(name) ? { receivedAt: since.getTime() } : {};
  if (caller.role === 'customer') {
    if (receivedAt === undefined) return { who: whoOf(caller), channel: 'portal', commandId, ...first };
    throw validationFailed([{ path: 'receivedAt', message: 'Only staff write down a phone call: leave this out.' }]);
  }
  if (!INTERVENTION_CUSTOMER_COMMANDS.some((one) => one === name)) {
    return { who: whoOf(caller), channel: 'api', commandId, ...first };
  }
  if (receivedAt === undefined) {
    const message = 'The customer decides this: say when they told it on the phone.';
    throw validationFailed([{ path: 'receivedAt', message }]);
  }
  const at = Date.parse(receivedAt);
  return { who: `contact:${row.contact}`, channel: 'phone', commandId, enteredBy: whoOf(caller), receivedAt: at };
}

/** The second text of a command; see `withText`. */
async function withActionPlan(
  pool: Pool,
  number: string,
  body: string | undefined,
  { commandId, who }: Meta,
  command: (named: { actionPlan?: string }) => Promise<unknown>,
): Promise<void> {
  await withText(pool, number, body, { commandId: furtherTextId(commandId, 'actionPlan'), who }, ({ text }) =>
    command(text === undefined ? {} : { actionPlan: text }),
  );
}

/** Instants as the core counts them. */
function inMilliseconds<T extends object>(fields: T): T {
  const { from, to } = fields as { from?: unknown; to?: unknown };
  return {
    ...fields,
    ...(typeof from === 'string' ? { from: Date.parse(from) } : {}),
    ...(typeof to === 'string' ? { to: Date.parse(to) } : {}),
  };
}

async function give(
  deps: Dependencies,
  row: InterventionRow,
  name: InterventionCommandName,
  fields: object,
  meta: Meta,
): Promise<void> {
  switch (name) {
    case 'sendEstimate':
      return await sendEstimate(deps, row, fields as InterventionBody<'sendEstimate'>, meta);
    case 'correctAddress':
      return await withAddress(deps.pool, row, (fields as InterventionBody<'correctAddress'>).email, () =>
        deps.interventionDoor.command(row.id, name, meta),
      );
    case 'confirmOrder':
      await requireEntered(deps.pool, row, (fields as InterventionBody<'confirmOrder'>).order);
      break;
    case 'assign':
      await requireStaff(deps.pool, (fields as InterventionBody<'assign'>).assignee);
      break;
    default:
      break;
  }
  // The body has been checked by the command's own schema, whose fields are those of the event.
  const command = { ...fields, ...meta } as unknown as InterventionCommandOf<typeof name>;
  await deps.interventionDoor.command(row.id, name, command);
}

async function requireStaff(pool: Pool, assignee: string): Promise<void> {
  if (await isActiveStaff(pool, assignee.slice('staff:'.length))) return;
  throw validationFailed([{ path: 'assignee', message: 'There is no such member of staff.' }]);
}

/**
 * Where units are lacking, an order that nobody has entered brings none: the customer would be asked again for the form that
 * they have signed. @throws Problem `validation-failed`
 */
async function requireEntered(pool: Pool, { contract, state }: InterventionRow, order: string): Promise<void> {
  if (!state || isNone(state.missing) || (await isOrderEntered(pool, contract, order))) return;
  const message =
    'The contract has no order of this form. Have billing enter it: what waits for its units then goes on by itself.';
  throw validationFailed([{ path: 'order', message }]);
}

/** Its text is stored before it is sent, under the command's id, and forgotten when the command is refused. */
async function sendEstimate(
  { pool, interventionDoor }: Dependencies,
  row: InterventionRow,
  body: InterventionBody<'sendEstimate'>,
  meta: Meta,
): Promise<void> {
  const draft = await draftOf(pool, row, body);
  const { service, figures } = draft;
  const stored = { ...draft, id: meta.commandId, intervention: row.id, draftedBy: meta.who };
  const estimate = await storeEstimate(pool, stored);
  try {
    const named = service === null ? {} : { service };
    await interventionDoor.command(row.id, 'sendEstimate', { estimate, ...named, ...figures, ...meta });
  } catch (error) {
    if (error instanceof Refusal) await deleteEstimate(pool, estimate);
    throw error;
  }
}

async function draftOf(
  pool: Pool,
  { contract, termsVersion, contact }: InterventionRow,
  body: InterventionBody<'sendEstimate'>,
): Promise<EstimateDraft> {
  const terms = await readTerms(pool, contract, termsVersion);
  const reader = await readContact(pool, contact);
  if (!terms || !reader) throw new Error('terms or contact of the intervention are not there');
  return draftEstimate(body, terms, reader.language);
}

/** What four commands show beforehand: what cancelling or another date costs, what logging time comes to, how an estimate reads. */
function dryRunOf(pool: Pool, name: InterventionCommandName): Changing['dryRun'] | undefined {
  const shown = (show: (row: InterventionRow, input: Shown) => Promise<Answer>) => async (input: Shown) => {
    const row = await visibleIntervention(pool, input.caller, input.params);
    try {
      return await show(row, input);
    } catch (error) {
      throw interventionRefusal(error, input.caller);
    }
  };
  switch (name) {
    case 'cancel':
      return {
        description: 'what cancelling would cost now',
        schema: CancellationOut,
        show: shown(async (row) => ({ content: cancellationOut(await forecastCancelling(pool, row, Date.now())) })),
      };
    case 'changeDate':
      return {
        description: 'what this change of date would cost now: inside the limit it counts as cancelling',
        schema: CancellationOut,
        show: shown(async (row, { body }) => {
          const { text: _, receivedAt: __, ...date } = body as InterventionBody<'changeDate'>;
          const at = Date.now();
          const event = { ...inMilliseconds(date), at, who: `contact:${row.contact}`, channel: 'portal' } as unknown;
          return { content: cancellationOut(await forecastChangingDate(pool, row, event as DateWish)) };
        }),
      };
    case 'logWork':
      return {
        description: 'the units that this work would use',
        schema: LoggingOut,
        show: shown(async (row, { caller, body }) => {
          const { text: _, ...work } = inMilliseconds(body as InterventionBody<'logWork'>) as { text?: string };
          const event = { ...work, at: Date.now(), who: whoOf(caller), channel: 'api' } as const;
          return { content: await forecastLogging(pool, row, event) };
        }),
      };
    case 'sendEstimate':
      return {
        description: 'the estimate as it would be sent',
        schema: EstimateDraftOut,
        show: shown(async (row, { caller, body }) => {
          const { service, figures, ...texts } = await draftOf(pool, row, body as InterventionBody<'sendEstimate'>);
          const sent = { estimate: '', ...figures, at: Date.now(), who: whoOf(caller), channel: 'api' } as const;
          await requireSendable(pool, row, sent);
          return { content: { ...texts, ...figures, ...(service === null ? {} : { service }) } };
        }),
      };
    default:
      return undefined;
  }
}
