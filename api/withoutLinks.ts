/**
 * Mails without the links on which customers decide: who reads a request's mails, staff or a colleague, is not the contact who
 * was asked. Quoted by an answer they may be broken over lines, or wrapped into another address.
 */
const LINK = /(approvals(?:\/|%2f))(?:[a-z2-7](?:=?\r?\n[> \t]*)?){8,24}/gi;
/** As filters and editors rewrite it: these could be words, unless what follows is as long as a token. */
const REWRITTEN =
  /(approvals(?:_|-2f|%(?:25)+2f|&#47;|&#x2f;|\/=?\r?\n[> \t]*))(?:[a-z2-7](?:=?\r?\n[> \t]*)?){23}[a-z2-7](?![a-z2-7])/gi;

/** The text or HTML with the tokens of such links taken out. */
export function withoutLinks<T extends string | null>(text: T): T {
  return (text === null ? text : text.replace(LINK, '$1…').replace(REWRITTEN, '$1…')) as T;
}
