import type { Person } from '../../approvals/roles.ts'
import { errorFields } from '../../logger.ts'
import { DeskError, wordsFor } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import { rememberPerson } from '../../store/people.ts'
import type { View } from '../cards/card.ts'
import { turnView } from '../cards/turn-view.ts'
import type { EventRequest } from './bolt-app.ts'
import { conversationId, isDirect, threadOf } from './conversation-id.ts'
import { locationOfChannel } from './desk-channels.ts'
import { recordingsIn } from './find-recording.ts'
import { hearNote } from './hear-note.ts'
import { line } from './line.ts'
import { postAnswer, streamedBefore } from './post-answer.ts'
import { mentions, readText } from './read-text.ts'
import { idOf, type SlackEvent } from './slack-body.ts'
import { reply } from './reply.ts'
import type { SlackRoom } from './slack-room.ts'
import { showLive } from './stream-answer.ts'

/** A message to the desk, written or spoken: in the Messages tab, as a mention, or in a thread it is part of. */
export async function handleMessage(room: SlackRoom, { key, at, team, event, bot }: EventRequest): Promise<void> {
  const [channel, userId, text = ''] = [idOf(event.channel), idOf(event.user), event.text]
  if (channel === undefined || userId === undefined) return
  // A mention in a channel comes as `app_mention` too, and is answered there.
  if (event.type === 'message' && !isDirect(event) && mentions({ text, botUserId: bot.userId })) return
  const threadTs = threadOf(event)
  const known = await room.roles.whoIs(userId)
  // In a channel only they see it: nobody gets the desk to talk there by mentioning it.
  if (known.kind !== 'person') return isDirect(event) ? postAnswer({ room, key, channel, threadTs, view: line(known.why) }) : reply({ room, place: { userId, at, channel, threadTs }, text: known.why })
  await rememberPerson(room.store.db, { person: known.person, now: room.clock.now() })
  const [conversation, locationId, recordings] = [conversationId({ team, event }), await locationFor({ room, channel, event }), recordingsIn(event)]
  const typed = readText({ text, botUserId: bot.userId })
  if (recordings.length > 0) {
    return hearNote(room, { key, at, person: known.person, conversationId: conversation, typed, recordings, place: { channel, threadTs, userId, teamId: team, ...(locationId === undefined ? {} : { locationId }) } })
  }
  await answerTurn({ room, key, channel, threadTs, person: known.person, recipient: { userId, teamId: team }, conversationId: conversation, text: typed, locationId })
}

/**
 * Runs one turn and posts what came of it, once however often it is worked: the turn is remembered by its request, the posts
 * by their keys. Words of a model stream meanwhile where there is a thread; what it proposes comes as cards of their own.
 */
export async function answerTurn({ room, key, channel, threadTs, person, recipient, conversationId, text, locationId }: {
  room: SlackRoom
  /** The inbox row's key. */
  key: string
  channel: string
  /** Absent where the answer opens a message of its own. */
  threadTs?: string
  person: Person
  recipient: { userId: string; teamId: string }
  conversationId: string
  text: string
  locationId?: string | undefined
}): Promise<void> {
  const requestId = `slack:${key}`
  const began = room.clock.now()
  const stops = room.stops.begin({ channel, threadTs: threadTs ?? '' })
  // An instance that died may have left words that will not go on.
  const before = await streamedBefore(room.store.db, key)
  if (before !== undefined) await room.ask('chat.stopStream', { channel, ts: before }, { channel })
  const live = threadTs === undefined ? undefined : showLive({
    ask: room.ask, channel, threadTs, recipient, streams: room.streams && before === undefined, onStopped: stops.stop,
    onStarted: (ts) => postAnswer.begin({ room, key, channel, threadTs, ts }),
  })
  live?.onEvent({ kind: 'status', text: 'reading …' })
  let answer: { view: View; proposals: string[] }
  try {
    const agent = await room.agent()
    const turn = await agent.turn({ conversationId, person, text, requestId, signal: stops.signal, ...(live === undefined ? {} : { onEvent: live.onEvent }), ...(locationId === undefined ? {} : { locationId }) })
    answer = turnView({ turn, conversationId, requestId, seal: room.store.seal })
  } catch (error) {
    // The turn before is still open, on an instance that died perhaps: later.
    if (error instanceof DeskError && error.code === 'conflict' && !stops.signal.aborted) throw error
    if (!(error instanceof DeskError) && !stops.signal.aborted) room.logger.error(errorFields(error), 'a turn failed')
    answer = { view: line(wordsFor(error)), proposals: [] }
  } finally {
    stops.end()
    await live?.end()
  }
  if (room.stops.isLeaving()) throw new DeskError('unavailable', { message: 'the desk stops; this turn is begun again' })
  // What was proposed before somebody stopped it is there, and must be seen.
  if (stops.signal.aborted) answer = { view: line('Stopped.'), proposals: await proposedSince({ room, conversationId, began }) }
  await postAnswer({ room, key, channel, threadTs, ...answer, keepStreamed: stops.signal.aborted })
}

async function proposedSince({ room, conversationId, began }: { room: SlackRoom; conversationId: string; began: Instant }): Promise<string[]> {
  return (await room.approvals.list()).filter(({ conversation, createdAt }) => conversation === conversationId && createdAt >= began).map(({ id }) => `proposal:${id}`)
}

/** The shop somebody stands in: whose channel this is, or whose channel they are looking at beside the desk. */
async function locationFor({ room, channel, event }: { room: SlackRoom; channel: string; event: SlackEvent }): Promise<string | undefined> {
  const seen = event.app_context?.entities?.find(({ type }) => type === 'slack#/types/channel_id')?.value
  return await locationOfChannel(room.store.db, channel) ?? (typeof seen === 'string' ? locationOfChannel(room.store.db, seen) : undefined)
}
