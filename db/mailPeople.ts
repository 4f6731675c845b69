/** Who may receive a mail: the contact whose matter it is, and the agent who looks after it. */
import type { Language } from '../domain/languages.ts';

/** Those who may receive a mail. */
export interface MailPeople {
  readonly contact: { readonly id: string; readonly name: string; readonly email: string; readonly language: Language };
  /** The agent to whom it is assigned, while active. */
  readonly assignee: { readonly email: string; readonly language: Language } | undefined;
}

/** The columns of `PEOPLE`. */
export interface PeopleRow {
  readonly contact_id: string;
  readonly contact_name: string;
  readonly contact_email: string;
  readonly contact_language: Language;
  readonly staff_email: string | null;
  readonly staff_language: Language;
}

/** Columns of a contact `p`, or of a publisher, and of the staff `s` who is assigned, if anybody is. */
export const PEOPLE = `p.id AS contact_id, p.name AS contact_name, p.email AS contact_email, p.language AS contact_language,
            s.email AS staff_email, s.language AS staff_language`;

/** A row with its people in place of their columns. */
export function withPeople<T extends PeopleRow>(row: T): Omit<T, keyof PeopleRow> & MailPeople {
  const { contact_id, contact_name, contact_email, contact_language, staff_email, staff_language, ...rest } = row;
  return {
    ...rest,
    contact: { id: contact_id, name: contact_name, email: contact_email, language: contact_language },
    assignee: staff_email === null ? undefined : { email: staff_email, language: staff_language },
  };
}
