import { DeskError } from '../../salon/errors.ts'
import { type Instant, minutesBetween } from '../../salon/time.ts'
import type { View } from '../cards/card.ts'
import { fallback } from './blocks/escape.ts'
import { renderReading } from './blocks/render-form.ts'
import { type Drawn, renderLine, renderView } from './blocks/render-view.ts'
import type { SlackRoom } from './slack-room.ts'

/** Where a click, a command or a form was, so that its answer goes to whoever did it and nobody else. */
export type Place = {
  userId: string
  /** When the request reached us. */
  at: Instant
  channel?: string | undefined
  threadTs?: string | undefined
  responseUrl?: string | undefined
  triggerId?: string | undefined
  /** A dialog is open: a new one goes on top of it. */
  inDialog?: boolean | undefined
}

/** A trigger opens one dialog within three seconds of the click. */
const triggerMs = 3_000
/** Slack takes answers at a response_url for half an hour. */
const responseMinutes = 30

function mayOpenDialog({ clock }: Pick<SlackRoom, 'clock'>, { triggerId, at }: Place): boolean {
  return triggerId !== undefined && Date.parse(clock.now()) - Date.parse(at) < triggerMs
}

/** Opens a dialog; answers whether Slack took it. */
export async function openDialog({ room, place, view }: { room: SlackRoom; place: Place; view: Record<string, unknown> | object }): Promise<boolean> {
  if (!mayOpenDialog(room, place)) return false
  const answer = await room.ask(place.inDialog === true ? 'views.push' : 'views.open', { trigger_id: place.triggerId, view })
  return answer.ok
}

/** Says one sentence to whoever pressed, wrote or filled in something; only they see it. */
export function reply({ room, place, text }: { room: SlackRoom; place: Place; text: string }): Promise<void> {
  return answerWith({ room, place, drawn: renderLine(text), view: { subject: 'line', summary: text, cards: [{ subject: 'line', title: '', tone: 'plain', parts: [{ kind: 'text', text }], buttons: [] }] } })
}

/** Gives a link of the desk's own; the only kind that is live (SLK-7). Never from anything a person or a model wrote. */
export function replyWithLink({ room, place, text, link }: { room: SlackRoom; place: Place; text: string; link: { url: string; label: string } }): Promise<void> {
  const view: View = { subject: 'line', summary: text, cards: [] }
  return answerWith({ room, place, view, drawn: {
    text: fallback(text, 2_000),
    blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: `${text}\n` }, { type: 'link', url: link.url, text: link.label }] }] }],
  } })
}

/** Shows more to whoever asked; only they see it. */
export function replyWithView({ room, place, view }: { room: SlackRoom; place: Place; view: View }): Promise<void> {
  return answerWith({ room, place, drawn: renderView(view), view })
}

/**
 * The way that works: at the click's own address, else as a message that only this person sees, else (in App Home) as a
 * dialog, else as a direct message. Throws `DeskError('unavailable')` when Slack takes none, so that it is tried again.
 */
async function answerWith({ room, place, drawn, view }: { room: SlackRoom; place: Place; drawn: Drawn; view: View }): Promise<void> {
  const { userId, channel, threadTs, responseUrl } = place
  if (responseUrl !== undefined && minutesBetween(place.at, room.clock.now()) < responseMinutes && await postTo({ room, url: responseUrl, drawn, threadTs })) return
  const quiet = { unfurl_links: false, unfurl_media: false }
  if (channel !== undefined) {
    const answer = await room.ask('chat.postEphemeral', { channel, user: userId, ...drawn, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) }, { channel })
    if (answer.ok) return
  } else if (await openDialog({ room, place, view: renderReading(view) })) return
  const answer = await room.ask('chat.postMessage', { channel: userId, ...drawn, ...quiet }, { channel: userId })
  if (!answer.ok) throw new DeskError('unavailable', { message: `no way to answer: ${answer.error}` })
}

/** Posts to a response_url: only to Slack's own host (or the one that stands in for it), for the address came from outside. */
async function postTo({ room, url, drawn, threadTs }: { room: SlackRoom; url: string; drawn: Drawn; threadTs: string | undefined }): Promise<boolean> {
  if (!isSlacks(url, room.apiUrl)) return false
  const body = JSON.stringify({ ...drawn, response_type: 'ephemeral', replace_original: false, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) })
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, redirect: 'error', signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok === true
}

function isSlacks(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false
  const { origin, protocol, hostname } = new URL(url)
  return (protocol === 'https:' && hostname === 'hooks.slack.com') || (apiUrl !== undefined && origin === new URL(apiUrl).origin)
}
