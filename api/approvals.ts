/**
 * The page on which a contact approves or declines: `GET /approvals/{token}` shows and changes nothing, however often a link
 * scanner calls it; `POST`, by one of its buttons, decides. The token opens this one decision, once, until it expires.
 */
import express, { type Express, type Request, type Response } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import { isAway } from '../client/unavailable.ts';
import { type ApprovalLink, findApproval, markApprovalUsed } from '../db/approvalTokens.ts';
import { readEstimate } from '../db/interventionEstimates.ts';
import { readInterventionSubject } from '../db/interventionMails.ts';
import { readInterventionRow } from '../db/interventions.ts';
import { Refusal } from '../domain/failures.ts';
import { isSame } from '../domain/intervention/amounts.ts';
import type { InterventionState } from '../domain/intervention/state.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import { LANGUAGES, type Language } from '../domain/languages.ts';
import { resultOf } from '../domain/recentCommands.ts';
import { travelOf } from '../mail/templates/travel.ts';
import { isToken, type TokenKeys, verifyApprovalToken } from '../mail/tokens.ts';
import { approvalPage, awayPage, type Decidable, deadLinkPage, decidedPage } from './approvalPage.ts';
import type { DeadLink } from './approvalWords.ts';

/** What the page needs. */
export interface ApprovalDependencies {
  readonly pool: Pool;
  readonly interventionDoor: InterventionDoor;
  readonly tokenKeys: TokenKeys;
  readonly log: Logger;
  /** Wrong tokens from one address, a minute. */
  readonly wrongTokens: number;
}

type Decision = (typeof DECISIONS)[number];
type Found =
  | { readonly link: ApprovalLink; readonly decidable: Decidable; readonly unit: string | undefined }
  | {
      readonly dead: DeadLink;
      readonly language: Language;
      /** What was decided with it, by a press whose end was lost: pressed again, it is confirmed. */
      readonly decided?: Decision;
    };

const PATH = '/approvals/:token';
const DECISIONS = ['approve', 'decline'] as const;
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const DEAD_STATUS: { readonly [why in DeadLink]: number } = {
  ...{ unknown: 404, used: 410, expired: 410, settled: 410, inactive: 410 },
};

/** Serves it. */
export function serveApprovals(app: Express, deps: ApprovalDependencies): void {
  const wrong = new RateLimiterMemory({ points: deps.wrongTokens, duration: 60 });
  const parseForm = express.urlencoded({ extended: false, limit: '10kb' });

  app.get(PATH, (request, response) =>
    answer(deps, wrong, request, response, async (found) => send(response, 200, approvalPage(found.decidable))),
  );
  app.post(PATH, parseForm, (request, response) =>
    answer(deps, wrong, request, response, async (found) => await decide(deps, found, request, response)),
  );
}

async function answer(
  deps: ApprovalDependencies,
  wrong: RateLimiterMemory,
  request: Request,
  response: Response,
  go: (found: Exclude<Found, { readonly dead: DeadLink }>) => Promise<void>,
): Promise<void> {
  // The log has the route, never the token.
  response.locals.route = `${request.method} /approvals/{token}`;
  const preferred: Language = request.acceptsLanguages([...LANGUAGES]) === 'en' ? 'en' : 'fr';
  let language = preferred;
  try {
    const address = request.ip ?? '';
    const tried = await wrong.get(address);
    const isGuessing = tried !== null && tried.remainingPoints <= 0;
    const token = request.params.token;
    const found: Found = isGuessing
      ? { dead: 'unknown', language }
      : await find(deps, typeof token === 'string' ? token : '', language);
    if ('dead' in found) {
      if (found.dead === 'unknown') await wrong.consume(address).catch(() => undefined);
      const { decision } = (request.body ?? {}) as { decision?: unknown };
      if (found.decided !== undefined && request.method === 'POST' && decision === found.decided) {
        await markApprovalUsed(deps.pool, String(token));
        return send(response, 200, decidedPage(found.language, found.decided));
      }
      return send(response, DEAD_STATUS[found.dead], deadLinkPage(found.language, found.dead));
    }
    language = found.decidable.language;
    await go(found);
  } catch (error) {
    if (!isAway(error)) throw error;
    deps.log.warn({ requestId: response.locals.requestId }, 'a decision could not be taken');
    response.set('retry-after', '10');
    send(response, 503, awayPage(language));
  }
}

/** What the token opens now. A signature that does not fit its row opens nothing. */
async function find({ pool, tokenKeys }: ApprovalDependencies, token: string, preferred: Language): Promise<Found> {
  const link = isToken(token) ? await findApproval(pool, token) : undefined;
  if (!link || !verifyApprovalToken(tokenKeys, token, link)) return { dead: 'unknown', language: preferred };
  const { language } = link;
  const dead = (why: DeadLink): Found => ({ dead: why, language });
  if (link.usedAt) return dead('used');
  if (link.expiresAt.getTime() <= Date.now()) return dead('expired');
  if (!link.active) return dead('inactive');
  if (!link.addressed) return dead('settled');
  const { view, state } = (await readInterventionRow(pool, link.intervention)) ?? {};
  const decided = state && decidedWith(link, state);
  if (decided) return { ...dead('used'), decided };
  if (!view || !isOpenStill(link, view)) return dead('settled');
  const { decidable, unit } = await decidableOf(pool, link, view);
  return { link, decidable, unit };
}

/** Pressed twice, it counts once. */
function commandIdOf({ mail }: ApprovalLink, decision: Decision): string {
  return `approval:${mail}:${decision}`;
}

/** The process may have died after the decision and before the link was marked as used. */
function decidedWith(link: ApprovalLink, state: InterventionState): Decision | undefined {
  return DECISIONS.find((decision) => resultOf(state, commandIdOf(link, decision)));
}

function isOpenStill({ purpose, estimate, order }: ApprovalLink, view: InterventionView): boolean {
  if (purpose === 'estimate') return view.status === 'estimated' && view.estimate?.estimate === estimate;
  const { moreAsked } = view;
  if (!moreAsked || (view.estimate?.estimate ?? null) !== estimate) return false;
  // A mail that asked for other amounts than are asked for now has been overtaken by another.
  return order.kind !== 'moreAsked' || isSame(order.amounts ?? {}, moreAsked.amounts ?? {});
}

async function decidableOf(pool: Pool, link: ApprovalLink, view: InterventionView) {
  const { language, purpose } = link;
  const about = await readInterventionSubject(pool, link.intervention);
  const stored = link.estimate === null ? undefined : await readEstimate(pool, link.estimate);
  const { estimate, moreAsked, plan, work } = view;
  const labels = Object.entries(about.units).map(([unit, label]) => [unit, label[language]] as const);
  // Of what more is asked for: in the unit of the estimate first.
  const unit = estimate?.unit ?? labels[0]?.[0];
  const ordered = [...labels].sort(([a], [b]) => Number(b === unit) - Number(a === unit));
  const cost = estimate?.unit === undefined ? undefined : { [estimate.unit]: estimate.units ?? 0 };
  const amounts: UnitAmounts | undefined = purpose === 'estimate' ? cost : moreAsked?.amounts;
  const bases = Object.keys(amounts ?? (unit === undefined ? {} : { [unit]: 0 })).flatMap((name) => {
    const base = about.bases[name];
    return base ? [{ unit: name, ...base }] : [];
  });
  const decidable: Decidable = {
    ...{ language, purpose, zone: about.zone, number: about.request, subject: about.subject },
    ...{ contract: about.contract, contact: link.contactName, units: Object.fromEntries(ordered) },
    ...{ onCall: estimate?.onCall ?? false, bases },
    ...(estimate ? { sentAt: estimate.sentAt } : {}),
    ...(purpose === 'estimate' && estimate?.expiresAt !== undefined ? { expiresAt: estimate.expiresAt } : {}),
    ...(plan ? { plan: { from: plan.from, to: plan.to } } : {}),
    ...(stored ? { estimate: stored, travel: travelOf(stored.figures, about.tripUnits) } : {}),
    ...(amounts ? { amounts } : {}),
    ...(purpose === 'more' ? { approved: view.approved, used: work.used } : {}),
    ...(moreAsked && purpose === 'more' ? { asked: moreAsked.at } : {}),
  };
  return { decidable, unit };
}

async function decide(
  { pool, interventionDoor }: ApprovalDependencies,
  { link, decidable, unit }: Exclude<Found, { readonly dead: DeadLink }>,
  request: Request,
  response: Response,
): Promise<void> {
  const { language } = link;
  const { decision, asked, units } = (request.body ?? {}) as { [field: string]: unknown };
  if (decision !== 'approve' && decision !== 'decline') return send(response, 422, approvalPage(decidable));
  // What is agreed to is what was read.
  if (link.purpose === 'more' && asked !== String(decidable.asked)) {
    return send(response, DEAD_STATUS.settled, deadLinkPage(language, 'settled'));
  }
  const amounts = decidable.amounts ?? amountsOf(unit, units);
  const isMoreWanted = link.purpose === 'more' && decision === 'approve';
  if (isMoreWanted && !amounts) return send(response, 422, approvalPage(decidable, true));
  const meta = {
    ...({ who: `contact:${link.contact}`, channel: 'portal' } as const),
    commandId: commandIdOf(link, decision),
  };
  const { intervention: id, estimate } = link;
  try {
    if (isMoreWanted && amounts) await interventionDoor.command(id, 'agreeMore', { units: amounts, ...meta });
    else if (link.purpose === 'more') await interventionDoor.command(id, 'declineMore', meta);
    else if (estimate !== null) await interventionDoor.command(id, decision, { estimate, ...meta });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.type === 'ValidationFailed') return send(response, 422, approvalPage(decidable, true));
    return send(response, DEAD_STATUS.settled, deadLinkPage(language, 'settled'));
  }
  await markApprovalUsed(pool, String(request.params.token));
  send(response, 200, decidedPage(language, decision));
}

function amountsOf(unit: string | undefined, units: unknown): UnitAmounts | undefined {
  const count = typeof units === 'string' && /^[1-9]\d{0,3}$/.test(units) ? Number(units) : undefined;
  return unit === undefined || count === undefined ? undefined : { [unit]: count };
}

function send(response: Response, status: number, html: string): void {
  response
    .status(status)
    .set({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    })
    .end(html);
}
