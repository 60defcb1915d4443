import { Hono } from 'hono'
import { DeskError } from '../../salon/errors.ts'
import { openLimits } from './limits.ts'
import type { VoiceNote } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'
import { knownOnly, type PageEnv, personNow } from './visitor.ts'

/** Notes a person may speak in a minute; more is a program. */
const notesPerMinute = 12
/** Two minutes of 16 kHz and 16 bits are 3.7 MB. */
const mostKilobytes = 4 * 1024

/** What was said into the page's microphone, as words to be corrected; the sound is neither kept nor logged. */
export function voiceNoteRoutes(desk: PageDesk): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const limits = openLimits({ perMinute: notesPerMinute })

  // Who may not speak here sends nothing that large: the body is read only after the visitor is known.
  app.post('/api/voice-note', knownOnly(desk), limitBody(mostKilobytes), async (c) => {
    const session = c.get('session')
    if (!limits.take(session.id)) return refuse(c, { status: 429, code: 'unavailable', message: 'That was a lot within a minute. Try again in a moment.', headers: { 'retry-after': '30' } })
    await personNow({ desk, session })
    if (desk.transcribe === undefined) throw new DeskError('unsupported', { message: 'no speech model here', userMessage: 'This desk cannot listen. Type instead.' })
    const { text } = await desk.transcribe(new Uint8Array(await c.req.arrayBuffer()))
    return c.json({ text } satisfies VoiceNote)
  })
  return app
}
