import { idOf, type SlackEvent } from './slack-body.ts'

/**
 * Names the conversation a message belongs to: a person's messages with the desk are one, a thread in a channel is one.
 * Under the agent view every message in the Messages tab opens a thread of its own, but "the second one" still means what was said before.
 */
export function conversationId({ team, event }: { team: string; event: SlackEvent }): string {
  return isDirect(event) ? directConversation({ team, userId: idOf(event.user) ?? '' }) : `slack:${team}:${idOf(event.channel) ?? ''}:${threadOf(event)}`
}

/** A person's conversation with the desk, wherever a line of it was written. */
export function directConversation({ team, userId }: { team: string; userId: string }): string {
  return `slack:${team}:${userId}`
}

/** The thread an answer goes to: the one the message is in, else one below it. */
export function threadOf({ thread_ts, ts = '' }: SlackEvent): string {
  return thread_ts ?? ts
}

export function isDirect(event: SlackEvent): boolean {
  return event.channel_type === 'im' || (idOf(event.channel) ?? '').startsWith('D')
}
