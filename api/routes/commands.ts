/** Commands on a request: `POST /v1/requests/{number}/{command}`, one route each, named as the events are. */
import type { Pool } from 'pg';
import { previewAmendment } from '../../client/amendment.ts';
import type { RequestDoor, UpdateName } from '../../client/requestDoor.ts';
import type { TokenHolder } from '../../db/accessTokens.ts';
import type { RequestRow } from '../../db/requests.ts';
import { COMMANDS, type CommandName, type CommandOf } from '../../domain/events.ts';
import { COMMAND_BODIES, COMMAND_SUMMARIES, type CommandBody, type PlainCommand } from '../commandBodies.ts';
import { requireSound } from '../commandChecks.ts';
import { withAddress } from '../givenAddress.ts';
import { withText } from '../givenText.ts';
import { amendmentOut } from '../present.ts';
import { rolesFor, whoOf } from '../rights.ts';
import { type Answer, changing, type Input, param, type Route } from '../route.ts';
import { AmendmentOut, RequestOut } from '../schemas.ts';
import { requestAnswer, visibleRow } from '../visibleRequest.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly door: RequestDoor;
}

type Meta = Pick<CommandOf<'note'>, 'who' | 'channel' | 'commandId' | 'receivedAt' | 'enteredBy'>;

/** One route for every command. */
export function commandRoutes(deps: Dependencies): Route[] {
  return COMMANDS.filter((name) => name !== 'escalate').map((name) => commandRoute(deps, name));
}

function commandRoute<T extends PlainCommand>(deps: Dependencies, name: T): Route {
  const { pool } = deps;
  return changing({
    path: `/v1/requests/{number}/${name}`,
    tag: 'commands',
    summary: COMMAND_SUMMARIES[name],
    roles: rolesFor(name),
    body: COMMAND_BODIES[name],
    answer: { status: 200, description: 'The request after the command', schema: RequestOut },
    ...(name === 'amendTerms' ? { dryRun: previewOf(pool) } : {}),
    async handle({ caller, params, body: checkedBody, call }) {
      const body = checkedBody as CommandBody<T>;
      const row = await visibleRow(pool, caller, param(params, 'number'));
      await requireSound(pool, caller, row, name, body);
      const { text, receivedAt, ...fields } = body as { text?: string; receivedAt?: string };
      const meta = metaOf(caller, row, call.updateId, receivedAt);
      await withText(pool, row.number, text, meta, (named) => give(deps, row, name, { ...fields, ...named }, meta));
      return await requestAnswer(pool, caller, row.number);
    },
  });
}

/** What the terms of the version would change on the request's clocks. */
function previewOf(pool: Pool) {
  return {
    description: 'what it would change',
    schema: AmendmentOut,
    async show({ caller, params, body }: Input & { readonly body: unknown }): Promise<Answer> {
      const row = await visibleRow(pool, caller, param(params, 'number'));
      const { version } = body as CommandBody<'amendTerms'>;
      await requireSound(pool, caller, row, 'amendTerms', { version });
      return { content: amendmentOut(await previewAmendment(pool, row, version, Date.now())) };
    },
  };
}

/** What was told on the phone is the contact's word, entered by staff; all else is the caller's own. */
function metaOf(caller: TokenHolder, row: RequestRow, commandId: string, receivedAt: string | undefined): Meta {
  if (caller.role === 'customer') return { who: whoOf(caller), channel: 'portal', commandId };
  if (receivedAt === undefined) return { who: whoOf(caller), channel: 'api', commandId };
  return {
    who: `contact:${row.contact}`,
    channel: 'phone',
    commandId,
    enteredBy: whoOf(caller),
    receivedAt: Date.parse(receivedAt),
  };
}

async function give(
  { pool, door }: Dependencies,
  row: RequestRow,
  name: PlainCommand,
  fields: object,
  meta: Meta,
): Promise<void> {
  const { number } = row;
  switch (name) {
    case 'reopen':
      await door.reopen(number, { by: 'command', ...commandOf('reopen', fields, meta) });
      return;
    case 'amendTerms':
      await door.amendTerms(number, { ...(fields as CommandBody<'amendTerms'>), ...meta });
      return;
    case 'correctAddress':
      await withAddress(pool, row, (fields as CommandBody<'correctAddress'>).email, () =>
        door.command(number, name, meta),
      );
      return;
    default:
      await door.command<UpdateName>(number, name, commandOf(name, fields, meta));
  }
}

/** The body has been checked by the command's own schema, whose fields are those of the event. */
function commandOf<T extends CommandName>(_name: T, fields: object, meta: Meta): CommandOf<T> {
  return { ...fields, ...meta } as unknown as CommandOf<T>;
}
