import { z } from 'zod'

/** How emails leave the desk. There is no look-up: what a mail server took is not told apart from what it lost. */
export type MailTransport = {
  name: string
  /** Whether people read what clients answer; without that every email says that nobody does. */
  readsReplies: boolean
  /** Where a client unsubscribes, by the token of their address. */
  unsubscribeUrl(token: string): string
  /** Never throws for what the server says; what it throws counts as `unknown`. */
  send(mail: OutgoingMail): Promise<MailAnswer>
}

/** `key` is the email's own name: the same key is the same Message-ID. `unsubscribe` is the address one press of a mail program goes to. */
export type OutgoingMail = { key: string; to: string; subject: string; body: string; unsubscribe: string }

export type MailAnswer =
  /** The server took it; whether it reaches a mailbox only a bounce would tell. */
  | { state: 'sent' }
  /** It will never take it. */
  | { state: 'failed'; code: MailFailure }
  /** It certainly did nothing with it: try again later. */
  | { state: 'later'; code: 'busy' | 'no_connection' | 'mail_not_set_up'; retryAfterMs: number }
  /** The words were on their way when the connection was lost: never sent again blindly. */
  | { state: 'unknown'; code: 'no_answer' }

/** Why an email cannot arrive. `mail_not_set_up`: the server does not let us send. */
type MailFailure = 'bad_address' | 'mailbox' | 'mail_filtered' | 'mail_not_set_up'

// RFC 5321, section 4.5.3.1: a path has at most 254 letters between its brackets.
const Address = z.email().max(254)

/** A client's address as mail servers and our tables know it, in lower case; undefined for what is none. A mailbox that tells cases apart is as good as extinct (RFC 5321, section 2.4). */
export function mailAddress(given: string | undefined): string | undefined {
  return Address.safeParse(given?.trim().toLowerCase()).data
}
