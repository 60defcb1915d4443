import { createHash } from 'node:crypto'
import { z } from 'zod'
import { errorFields, type Logger } from '../../logger.ts'
import type { LocalDate } from '../../salon/time.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Part, View } from '../cards/card.ts'
import type { FindPicture } from './blocks/render-parts.ts'
import type { SlackCalls } from './calls.ts'

/** Draws a location's day as a PNG; undefined when there is nothing to draw. */
export type DrawDay = (day: { locationId: string; date: LocalDate }) => Promise<Uint8Array | undefined>

type DayPicture = Extract<Part, { kind: 'day_picture' }>

/** The pictures of a view: which file of Slack's each is. `missing`: one could not be given to Slack, its description stands instead. */
export type Pictures = { find: FindPicture; missing: boolean }

export const noPictures: Pictures = { find: () => undefined, missing: false }

const Ticket = z.object({ upload_url: z.url(), file_id: z.string().min(1) })
const uploadTimeoutMs = 10_000

/** Keeps the pictures that Slack has, each uploaded once by what is in it, into no channel. Never throws: a message goes without its picture rather than not at all. */
export function openPictures({ store, clock, calls, logger, draw }: { store: Store; clock: Clock; calls: SlackCalls; logger: Logger; draw: DrawDay | undefined }) {
  /** With `upload`, what Slack has not got is given to it; without, such a picture has a name that stands for it when drawings are compared. */
  async function prepare(view: View, { upload }: { upload: boolean }): Promise<Pictures> {
    const wanted = view.cards.flatMap(({ parts }) => parts.filter((part) => part.kind === 'day_picture'))
    if (wanted.length === 0 || draw === undefined) return noPictures
    const files = new Map<string, string>()
    let missing = false
    for (const part of wanted) {
      const file = await fileOf(part, { upload, draw })
      if (file === undefined) missing = true
      else files.set(nameOf(part), file)
    }
    return { find: (part) => files.get(nameOf(part)), missing }
  }

  async function fileOf(part: DayPicture, { upload, draw }: { upload: boolean; draw: DrawDay }): Promise<string | undefined> {
    try {
      const png = await draw({ locationId: part.locationId, date: part.date })
      if (png === undefined) return undefined
      const hash = createHash('sha256').update(png).digest('hex')
      const known = await store.db.selectFrom('slack_files').select('file_id').where('hash', '=', hash).executeTakeFirst()
      if (known !== undefined) return known.file_id
      if (!upload) return `new:${hash}`
      const id = await give({ png, name: `day-${part.date}.png`, alt: part.alt })
      if (id !== undefined) await store.db.insertInto('slack_files').values({ hash, file_id: id, at: clock.now() }).onConflict((conflict) => conflict.column('hash').doNothing()).execute()
      return id
    } catch (error) {
      logger.warn(errorFields(error), 'the picture of the day could not be made for Slack')
      return undefined
    }
  }

  /** files.getUploadURLExternal, the bytes, files.completeUploadExternal: docs.slack.dev/messaging/working-with-files. */
  async function give({ png, name, alt }: { png: Uint8Array; name: string; alt: string }): Promise<string | undefined> {
    const asked = await calls.call('files.getUploadURLExternal', { filename: name, length: png.length, alt_txt: alt.toWellFormed().slice(0, 1_000) })
    const ticket = asked.ok ? Ticket.safeParse(asked.response) : undefined
    if (ticket?.success !== true) return undefined
    const sent = await fetch(ticket.data.upload_url, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: Buffer.from(png), redirect: 'error', signal: AbortSignal.timeout(uploadTimeoutMs) })
    if (!sent.ok) return undefined
    const done = await calls.call('files.completeUploadExternal', { files: [{ id: ticket.data.file_id, title: name }] })
    return done.ok ? ticket.data.file_id : undefined
  }

  return { prepare }
}

const nameOf = ({ locationId, date }: DayPicture) => `${locationId}:${date}`
