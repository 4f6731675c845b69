/** The comparison that ends each fault test: what is wrong is found and named, and nothing else. */
import { describe, expect, it } from 'vitest';
import { compare, type Evidence, type StoredMail, type StoredRequest } from '../../scripts/faults/findings.ts';

const NUMBER = 'DA-2026-000001';
const MAILS = ['receipt', 'question', 'reminder 1', 'reminder 2', 'reminder 3', 'closing'];
const LINES = ['opened', 'acknowledged', 'asked', 'reminderSent 1', 'reminderSent 2', 'reminderSent 3', 'closed'];

const mail = (what: string, over: Partial<StoredMail> = {}): StoredMail => ({
  number: NUMBER,
  what,
  id: `<${what}>`,
  status: 'accepted',
  ...over,
});

function request(over: Partial<StoredRequest> = {}): StoredRequest {
  const view = { number: NUMBER, status: 'closed', version: 3 };
  return {
    number: NUMBER,
    subject: 'Fault 1',
    version: 3,
    view,
    lines: LINES,
    saves: [1, 2, 3],
    workflow: { view: { ...view }, status: 'COMPLETED' },
    ...over,
  };
}

/** One life that nothing disturbed, but for what a test plants. */
function evidence(over: Partial<Evidence> = {}): Evidence {
  const mails = over.mails ?? MAILS.map((what) => mail(what));
  const ids = mails.map(({ id }) => id);
  return {
    told: [{ subject: 'Fault 1', number: NUMBER, done: ['acknowledge', 'ask'] }],
    givenUp: [],
    requests: [request()],
    mails,
    known: new Set(ids),
    taken: new Map(ids.map((id) => [id, 1])),
    ...over,
  };
}

const nothing = { lost: [], double: [], different: [] };

describe('the comparison of fault tests', () => {
  it('finds nothing in a life that is whole', () => {
    expect(compare(evidence())).toEqual({ ...nothing, lives: 1, mails: 6, copies: 0 });
  });

  it.each<[string, Partial<Evidence>, Partial<typeof nothing> | object]>([
    ['a life that was confirmed and is gone', { requests: [], mails: [] }, { lost: [`${NUMBER}: row`] }],
    ['a call that nobody answered', { givenUp: ['/v1/requests'] }, { lost: ['/v1/requests'] }],
    [
      'a command that left no line',
      { requests: [request({ lines: LINES.filter((line) => line !== 'acknowledged') })] },
      { lost: [`${NUMBER}: acknowledged`] },
    ],
    [
      'a reminder left out',
      { requests: [request({ lines: LINES.filter((line) => line !== 'reminderSent 2') })] },
      { lost: [`${NUMBER}: reminderSent 2`] },
    ],
    ['a save that is missing', { requests: [request({ saves: [1, 3] })] }, { lost: [`${NUMBER}: saves 1,3 of 3`] }],
    [
      'a mail that never left',
      { mails: MAILS.map((what) => mail(what, what === 'closing' ? { status: 'waiting' } : {})) },
      { lost: [`${NUMBER}: mail closing never left`] },
    ],
    [
      'a mail that is called accepted and is not in the sink',
      { taken: new Map(MAILS.slice(1).map((what) => [`<${what}>`, 1])) },
      { lost: [`${NUMBER}: mail receipt is not in the sink`] },
    ],
    [
      'a mail sent under two Message-IDs',
      { mails: [...MAILS.map((what) => mail(what)), mail('reminder 1', { id: '<another>' })] },
      { double: [`${NUMBER}: mail reminder 1`] },
    ],
    [
      'a line there twice',
      { requests: [request({ lines: [...LINES, 'closed'] })] },
      { double: [`${NUMBER}: closed, 2 times`] },
    ],
    [
      'an answer that nobody gave',
      { requests: [request({ lines: [...LINES, 'answered'] })] },
      { double: [`${NUMBER}: answered, 1 times`] },
    ],
    [
      'two requests of one call',
      { requests: [request(), request({ number: 'DA-2026-000002' })] },
      { double: [`${NUMBER} and DA-2026-000002: opened by one call`] },
    ],
    [
      'a request that nobody asked for',
      { requests: [request(), request({ number: 'DA-2026-000002', subject: 'Unknown' })] },
      { double: ['DA-2026-000002: nobody asked for it'] },
    ],
    [
      'a status that Temporal and PostgreSQL tell differently',
      { requests: [request({ workflow: { view: { number: NUMBER, status: 'waiting' }, status: 'COMPLETED' } })] },
      { different: [`${NUMBER}: the workflow's view`] },
    ],
    [
      'a closed request whose workflow runs',
      { requests: [request({ workflow: { view: request().view, status: 'RUNNING' } })] },
      { different: [`${NUMBER}: closed, and its workflow is RUNNING`] },
    ],
    [
      'a reminder overtaken by an answer that nobody gave',
      { mails: MAILS.map((what) => mail(what, what === 'reminder 3' ? { status: 'superseded' } : {})) },
      { different: [`${NUMBER}: mail reminder 3 is superseded`] },
    ],
    [
      'a mail in the sink that PostgreSQL does not know',
      { known: new Set(MAILS.slice(1).map((what) => `<${what}>`)) },
      { different: ['the sink has an unknown mail <receipt>'] },
    ],
  ])('finds %s', (_, planted, found) => {
    const { lost, double, different } = compare(evidence(planted));
    expect({ lost, double, different }).toEqual({ ...nothing, ...found });
  });

  it('counts what the sink took again under the same Message-ID apart', () => {
    const taken = new Map(MAILS.map((what) => [`<${what}>`, what === 'reminder 1' ? 3 : 1]));
    expect(compare(evidence({ taken }))).toMatchObject({ ...nothing, copies: 2 });
  });

  describe('of a life that was answered and asked again', () => {
    const told = [{ subject: 'Fault 1', number: NUMBER, done: [], cycles: 2 }];
    const [opened, acknowledged, asked, ...cycle] = LINES as [string, string, string, ...string[]];
    const lines = [opened, acknowledged, asked, 'reminderSent 1', 'answered', asked, ...cycle];

    it('finds nothing when it is whole', () => {
      const mails = [...MAILS, 'question', 'reminder 1'].map((what, index) => mail(what, { id: `<${index}>` }));
      expect(compare(evidence({ told, mails, requests: [request({ lines })] }))).toMatchObject(nothing);
    });

    it('finds an answer counted twice', () => {
      const twice = [...lines, 'answered'];
      expect(compare(evidence({ told, requests: [request({ lines: twice })] }))).toMatchObject({
        ...nothing,
        double: [`${NUMBER}: answered, 2 times`],
      });
    });

    it('finds the answer lost', () => {
      const without = lines.filter((line) => line !== 'answered');
      expect(compare(evidence({ told, requests: [request({ lines: without })] }))).toMatchObject({
        ...nothing,
        lost: [`${NUMBER}: answered`],
      });
    });
  });
});
