import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { inboundContentHash } from '../../mail/inbound/rawMail.ts';
import { PUBLISHER_ACTIONS } from '../../mail/tokens.ts';
import { createPublisherWorld, KIM, type PublisherWorld, writing } from '../support/publisherWorld.ts';
import { CLAIRE, DOMAIN, KEYS } from '../support/relayWorld.ts';

let world: PublisherWorld;
beforeAll(async () => {
  world = await createPublisherWorld();
  world.startRelay({ escalations: world.escalations });
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.told.length = 0;
  world.escalationsAway = undefined;
  world.lookup = async () => {
    throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  };
  await world.pool.query('DELETE FROM inbound_mails');
});

describe('an action address', () => {
  it('of acknowledgement acknowledges, with a number of ours, at the instant at which the mail was taken', async () => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    const mail = await world.only();
    expect(await world.filed()).toEqual([
      {
        disposition: 'publisherAction',
        reason: null,
        number: null,
        escalation: id,
        person: 'kim',
        action: 'acknowledge',
      },
    ]);
    expect(world.told).toEqual([
      {
        what: 'acknowledge',
        escalation: id,
        payload: {
          ...{ sr: 'SR-2026-000001', srIssuedBy: 'distributor', who: 'publisher:kim', channel: 'mail' },
          ...{ receivedAt: mail.received_at.getTime(), commandId: `mail:${mail.id}` },
        },
      },
    ]);
  });

  it('of acknowledgement keeps what was written with it, as a note', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', 'We are on it. Our case is 4711.'));
    const mail = await world.only();
    expect(world.toldOf()).toEqual(['acknowledge', 'note']);
    expect(world.told[1]?.payload).toMatchObject({ mail: mail.id, who: 'publisher:kim' });
  });

  it.each([
    ['ask', 'waiting'],
    ['deliverWorkaround', 'workaroundDelivered'],
    ['deliverFix', 'resolved'],
  ] as const)('of %s acknowledges first, and passes on the new text alone', async (action, status) => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, action, 'Install 4.2.1.\nThen restart.'));
    const mail = await world.only();
    expect(world.toldOf()).toEqual(['acknowledge', action]);
    expect(await world.status(id)).toBe(status);
    const { payload } = world.told[1] ?? { payload: {} };
    expect(payload).toMatchObject({ who: 'publisher:kim', commandId: `mail:${mail.id}`, text: mail.id });
    expect(await world.textOf(mail.id)).toBe('Install 4.2.1.\nThen restart.');
  });

  it('takes the publisher’s own address for the publisher', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', '', 'Support@SoftCo.test'));
    await world.only();
    expect(world.told[0]?.payload).toMatchObject({ who: 'publisher:softco' });
  });

  it('without a text asks and delivers nothing: a person looks', async () => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'deliverFix', ''));
    await world.only();
    expect(world.toldOf()).toEqual(['holdMessage']);
    expect(await world.status(id)).toBe('sent');
    expect((await world.filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'noText' });
  });

  it('refused by the state becomes a note with a task, and its text goes', async () => {
    const { id, sent } = await world.openEscalation();
    await world.setStatus(id, 'waiting');
    await world.deliver(writing(sent, 'deliverFix', 'Install 4.2.1.'));
    const mail = await world.only();
    expect(world.toldOf()).toEqual(['holdMessage']);
    expect((await world.filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'refused', escalation: id });
    expect(await world.textOf(mail.id)).toBeUndefined();
  });

  it('of an escalation that is over leaves the mail to staff', async () => {
    const { id, sent } = await world.openEscalation();
    await world.setStatus(id, 'withdrawn');
    await world.deliver(writing(sent, 'deliverFix', 'Install 4.2.1.'));
    const mail = await world.only();
    expect(world.toldOf()).toEqual([]);
    expect((await world.filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'ended', escalation: id });
    expect(await world.lateReports(id)).toEqual([
      {
        ...{ id: `mail:${mail.id}`, n: 1, what: 'wrote', mail: mail.id, who: 'publisher:kim' },
        at: mail.received_at.getTime(),
      },
    ]);
  });

  it('a plain reply after the end alerts staff as well, and so while refused work waits to be quoted', async () => {
    for (const status of ['closed', 'refused'] as const) {
      const { id, sent } = await world.openEscalation();
      await world.setStatus(id, status);
      await world.deliver(writing(sent, 'note', `One more thing (${status}).`));
      await world.only(status === 'closed' ? 1 : 2);
      expect(await world.lateReports(id)).toMatchObject([{ what: 'wrote' }]);
    }
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'note', 'Soon.'));
    await world.only(3);
    expect(await world.lateReports(id)).toEqual([]);
  });

  it('two of them in one mail name no intent', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver({ ...writing(sent, 'ask', 'Which?'), to: [sent.to.ask, sent.to.deliverFix] });
    await world.only();
    expect(world.toldOf()).toEqual(['holdMessage']);
    expect((await world.filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'severalActions' });
  });

  it('counts once, however often the same mail comes and whatever fails', async () => {
    const { id, sent } = await world.openEscalation();
    const mail = {
      ...writing(sent, 'deliverFix', 'Install 4.2.1.'),
      messageId: '<once@softco.test>',
      date: new Date(0),
    };
    world.escalationsAway = 'after';
    for (let i = 0; i < 5; i++) await world.deliver(mail);
    world.escalationsAway = undefined;
    await world.settled(5);
    expect(world.toldOf()).toEqual(['acknowledge', 'deliverFix']);
    expect(await world.status(id)).toBe('resolved');
    expect((await world.filed()).map(({ disposition }) => disposition).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'duplicate'),
      'publisherAction',
    ]);
  });
});

describe('a mail that is no act', () => {
  it.each([
    ['another publisher’s person', 'oz@other.test'],
    ['somebody who has left', 'lee@softco.test'],
    ['a stranger', 'eve@evil.test'],
    ['a customer', CLAIRE],
  ])('is held for a person when it is from %s', async (_who, from) => {
    const { id, number, sent } = await world.openEscalation();
    const before = await world.timeline(number);
    for (const action of PUBLISHER_ACTIONS) await world.deliver(writing(sent, action, `Text for ${action}.`, from));
    await world.settled(PUBLISHER_ACTIONS.length);
    expect(new Set(world.toldOf())).toEqual(new Set(['holdMessage']));
    expect(await world.status(id)).toBe('sent');
    expect(await world.timeline(number)).toEqual(before);
    for (const row of await world.filed()) {
      expect(row).toMatchObject({ disposition: 'unverified', reason: 'stranger', number: null, escalation: id });
    }
  });

  it('is held when its server is one that the sender’s domain excludes', async () => {
    const { id, sent } = await world.openEscalation();
    world.lookup = async (name, type) => {
      if (name === 'softco.test' && type === 'TXT') return [['v=spf1 ip4:198.51.100.7 -all']];
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    };
    const envelopeTo = [sent.to.acknowledge];
    const raw = Buffer.from(`From: ${KIM}\r\nTo: ${sent.to.acknowledge}\r\nSubject: x\r\n\r\nYes.\r\n`);
    await insertInboundMail(world.pool, {
      envelopeFrom: KIM,
      envelopeTo,
      remoteIp: '203.0.113.9',
      helo: 'mx.evil.test',
      raw,
      contentHash: inboundContentHash(raw, KIM, envelopeTo),
    });
    await world.only();
    expect((await world.filed())[0]).toMatchObject({
      disposition: 'unverified',
      reason: 'notAuthentic',
      escalation: id,
    });
    expect(world.toldOf()).toEqual(['holdMessage']);
  });

  it('is held when its token is forged, was given for another action, or by a key that is gone', async () => {
    const { id, sent } = await world.openEscalation();
    const old = await world.sendToPublisher(id, [{ id: 'k0', key: Buffer.alloc(32, 9) }]);
    const forged = [`sr+ack.${'a'.repeat(24)}@${DOMAIN}`, sent.to.note.replace('note', 'fix'), old.to.deliverFix];
    for (const to of forged) await world.deliver({ ...writing(sent, 'note', 'Install it.'), to });
    await world.settled(3);
    for (const row of await world.filed()) {
      expect(row).toMatchObject({ disposition: 'unverified', reason: 'badToken', escalation: id });
    }
    expect(world.toldOf()).toEqual(['holdMessage', 'holdMessage', 'holdMessage']);
    expect(KEYS).toHaveLength(1);
  });

  it('is recorded when a machine sent it: an out-of-office reply acknowledges nothing, whatever its address', async () => {
    const { id, sent } = await world.openEscalation();
    for (const action of PUBLISHER_ACTIONS) {
      await world.deliver({
        ...writing(sent, action, 'I am away.'),
        headers: { 'Auto-Submitted': 'auto-replied' },
      });
    }
    await world.deliver({ ...writing(sent, 'acknowledge', 'I am away.'), subject: 'Out of office: Re' });
    await world.settled(6);
    expect(world.toldOf()).toEqual([]);
    expect(await world.status(id)).toBe('sent');
    for (const row of await world.filed())
      expect(row).toMatchObject({ disposition: 'automatic', escalation: id, number: null });
  });

  it('tells the escalation that a mail of ours came back, once', async () => {
    const { id, sent } = await world.openEscalation();
    const raw = [
      'From: MAILER-DAEMON@softco.test',
      `To: ${sent.bouncesTo}`,
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; softco.test',
      '',
      'Final-Recipient: rfc822; support@softco.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b--',
      '',
    ].join('\r\n');
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw });
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw: raw.replace('Undelivered', 'Returned') });
    await world.settled(2);
    expect(world.told).toHaveLength(1);
    expect(world.told[0]).toMatchObject({
      what: 'mailBounced',
      escalation: id,
      payload: { key: sent.key, order: { kind: 'escalated', priority: 'p2' } },
    });
  });
});
