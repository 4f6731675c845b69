/** The mailbox's pages. Server-rendered; the one script only looks whether new mail came. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../templates/letter.ts';
import type { PublisherAction } from '../tokens.ts';
import type { Filter } from './app.ts';
import type { MailboxMessage } from './messages.ts';

/** Reloads the list when its first message changes, unless someone is writing. */
const SCRIPT = `
const first = document.querySelector('[data-first]');
setInterval(async () => {
  if (!first || document.activeElement.closest('form')) return;
  const answer = await fetch('/api/messages' + location.search).catch(() => undefined);
  const messages = answer && answer.ok ? await answer.json() : undefined;
  if (messages && (messages[0] ? messages[0].id : '') !== first.dataset.first) location.reload();
}, 3000);`;

/** What a Content-Security-Policy calls the script. */
export const SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

const STYLE = `
:root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #d0d5db; --paper: #f6f8fa; --accent: #0b57a4; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; }
header, main { max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
header p { margin: 0; color: var(--soft); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
a { color: var(--accent); }
section, details.card { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem; margin-bottom: 1rem; }
details.card > summary { font-weight: 600; cursor: pointer; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .5rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: .9rem; } tr:last-child td { border-bottom: 0; }
td.time, td.to { white-space: nowrap; font-size: .92rem; } td.time, .snippet { color: var(--soft); } td.to { max-width: 17rem; overflow: hidden; text-overflow: ellipsis; }
.snippet { display: block; font-size: .92rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 42rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; resize: vertical; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0 0; font: .9rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
label { display: block; font-weight: 600; margin: .75rem 0 .25rem; }
input, textarea, select { width: 100%; padding: .5rem .6rem; border: 1px solid #8c959f; border-radius: 6px; font: inherit; background: #fff; color: inherit; }
button { padding: .5rem 1rem; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: #fff; font: inherit; cursor: pointer; }
button.plain { background: #fff; color: var(--accent); }
:focus-visible { outline: 3px solid #ffb000; outline-offset: 2px; }
.row { display: flex; gap: .75rem; flex-wrap: wrap; align-items: end; } .row > div { flex: 1 1 12rem; } .row label { margin-top: 0; }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: .75rem; }
.sent { background: #e6f4ea; border: 1px solid #2f7d43; border-radius: 8px; padding: .6rem 1rem; margin: 0 0 1rem; }
.hint { color: var(--soft); font-size: .92rem; margin: .5rem 0 0; }
code { background: var(--paper); padding: 0 .25em; border-radius: 4px; }
`;

/** All mails, the newest first, with a filter and a form to write to support. */
export function listPage(page: {
  readonly messages: readonly MailboxMessage[];
  readonly filter: Filter;
  readonly supportAddress: string;
  readonly sent: boolean;
}): string {
  const { messages, filter } = page;
  const rows = messages.map(
    (message) => `<tr>
<td class="time">${when(message.receivedAt)}</td>
<td class="to" title="${escapeHtml(message.to)}">${escapeHtml(message.to)}</td>
<td><a href="/messages/${escapeHtml(message.id)}">${escapeHtml(message.subject || '(no subject)')}</a><span class="snippet">${escapeHtml(snippet(message.text))}</span></td>
</tr>`,
  );
  return htmlPage(
    'Mailbox',
    `${page.sent ? SENT : ''}
<section aria-labelledby="received" data-first="${escapeHtml(messages[0]?.id ?? '')}">
<h2 id="received">${messages.length === 1 ? '1 mail' : `${messages.length} mails`}</h2>
<form class="row" method="get" action="/" role="search">
<div><label for="f-to">To contains</label><input id="f-to" name="to" value="${escapeHtml(filter.to)}"></div>
<div><label for="f-subject">Subject contains</label><input id="f-subject" name="subject" value="${escapeHtml(filter.subject)}"></div>
<button class="plain">Filter</button>
</form>
${
  rows.length === 0
    ? '<p class="hint">Nothing here. Mails appear by themselves when they are sent.</p>'
    : `<table><thead><tr><th scope="col">Received</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`
}
</section>
<details class="card"><summary>Write a new mail to support</summary>
<form method="post" action="/write">
<label for="w-from">From (an address of a contact)</label><input id="w-from" name="from" type="email" required>
<label for="w-to">To</label><input id="w-to" name="to" type="email" required value="${escapeHtml(page.supportAddress)}">
<label for="w-subject">Subject</label><input id="w-subject" name="subject" required>
<label for="w-text">Text</label><textarea id="w-text" name="text" rows="6" required></textarea>
<div class="actions"><button>Send</button></div>
</form></details>
<details class="card"><summary>Addresses that play a trouble, and the API for scripts</summary>
<p>An address that starts with <code>refused</code> is refused for good (<code>550 5.1.1</code>); one that starts with
<code>busy</code> answers “later” (<code>451</code>) twice for each mail before it takes it.</p>
<p><code>GET /api/messages?to=&amp;subject=</code> · <code>GET /api/messages/:id</code> ·
<code>POST /api/messages/:id/answer</code> with <code>{"kind": "answer" | "outOfOffice" | "bounce", "text", "to"}</code>
(<code>to</code>: one of the message’s <code>actions</code>, for a publisher) ·
<code>POST /api/write</code> with <code>{"from", "to", "subject", "text"}</code></p>
</details>
<script>${SCRIPT}</script>`,
  );
}

/** One mail, as its reader sees it, and what its reader can do with it. */
export function messagePage(page: { readonly message: MailboxMessage; readonly sent: boolean }): string {
  const { message } = page;
  const action = `/messages/${escapeHtml(message.id)}/answer`;
  const bounceable = message.envelopeFrom !== '';
  return htmlPage(
    message.subject || '(no subject)',
    `${page.sent ? SENT : ''}
<p><a href="/">← All mails</a></p>
<section aria-labelledby="subject">
<h2 id="subject">${escapeHtml(message.subject || '(no subject)')}</h2>
<dl>
<dt>From</dt><dd>${escapeHtml(message.from)}</dd>
<dt>To</dt><dd>${escapeHtml(message.to)}</dd>
<dt>Answers go to</dt><dd>${escapeHtml(message.replyTo)}</dd>
<dt>Received</dt><dd>${when(message.receivedAt)}</dd>
${message.attachments.length === 0 ? '' : `<dt>Attached</dt><dd>${message.attachments.map(({ name, size }) => escapeHtml(`${name} (${size} bytes)`)).join('<br>')}</dd>`}
</dl>
</section>
<section aria-label="Message">
${message.html === '' ? `<pre>${escapeHtml(message.text)}</pre>` : `<iframe sandbox="" title="The mail as HTML" srcdoc="${escapeHtml(message.html)}"></iframe>`}
${message.html === '' ? '' : `<details><summary>As plain text</summary><pre>${escapeHtml(message.text)}</pre></details>`}
<details><summary>Headers</summary><pre>${escapeHtml(message.rawHeaders)}</pre><p class="hint">Envelope sender: ${
      bounceable ? `<code>${escapeHtml(message.envelopeFrom)}</code>` : 'none'
    }</p></details>
</section>
<section aria-labelledby="answer">
<h2 id="answer">Answer as ${escapeHtml(message.to)}</h2>
<form method="post" action="${action}">
<input type="hidden" name="kind" value="answer">
${addressChoice(message)}<label for="text">Your answer</label>
<textarea id="text" name="text" rows="7"${message.actions.length === 0 ? ' required' : ''}></textarea>
<p class="hint">The mail above is quoted below it, as mail programs do.</p>
<div class="actions"><button>Send answer</button></div>
</form>
<div class="actions">
<form method="post" action="${action}"><input type="hidden" name="kind" value="outOfOffice"><button class="plain">Answer as out of office</button></form>
${bounceable ? `<form method="post" action="${action}"><input type="hidden" name="kind" value="bounce"><button class="plain">Bounce it: no such mailbox</button></form>` : ''}
</div>
</section>`,
  );
}

/** A publisher chooses what it does by the address to which it writes. */
function addressChoice({ actions, replyTo }: MailboxMessage): string {
  if (actions.length === 0) return '';
  const options = [
    ...actions.map(({ action, address }) => `<option value="${escapeHtml(address)}">${ACTIONS[action]}</option>`),
    `<option value="${escapeHtml(replyTo)}">${ACTIONS.note}</option>`,
  ];
  return `<label for="to">What this answer does</label>
<select id="to" name="to">${options.join('\n')}</select>
`;
}

const ACTIONS: { readonly [action in PublisherAction]: string } = {
  acknowledge: 'Acknowledge',
  ask: 'Ask for information',
  deliverWorkaround: 'Deliver a workaround',
  deliverFix: 'Deliver a fix',
  note: 'Nothing: a plain reply',
};

/** The page for what is not there. */
export function notFoundPage(): string {
  return htmlPage(
    'Not here',
    '<section><p>There is no such page or mail.</p><p><a href="/">All mails</a></p></section>',
  );
}

/** Something did not work; the message is for reading. */
export function troublePage(message: string): string {
  return htmlPage(
    'That did not work',
    `<section role="alert"><h2>That did not work</h2><p>${escapeHtml(message)}</p><p><a href="/">All mails</a></p></section>`,
  );
}

const SENT = '<p class="sent" role="status">Sent to the inbound mail server.</p>';

function htmlPage(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)} – Relance mailbox</title><style>${STYLE}</style></head>
<body><header><h1>Relance mailbox</h1><p>What was sent on this machine, for development. Nothing leaves it.</p></header>
<main>${body}</main></body></html>
`;
}

/** How a mail begins, after its greeting. */
function snippet(text: string): string {
  const [, ...paragraphs] = text.split(/\n\s*\n/);
  const beginning = (paragraphs.length === 0 ? text : paragraphs.join(' ')).replace(/\s+/g, ' ').trim();
  return beginning.length <= 100 ? beginning : `${beginning.slice(0, 100).trimEnd()}…`;
}

function when(iso: string): string {
  const text = iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return `<time datetime="${escapeHtml(iso)}">${escapeHtml(text)}</time>`;
}
