import { DeskError } from '../../salon/errors.ts'
import type { LocalDate } from '../../salon/time.ts'
import { type LineUp, lineUp } from '../line-up/line-up.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { type Preview, preview } from './preview.ts'
import { type LineNow, readLine } from './read-line.ts'
import { type OpeningNow, type OpeningsQuery, readOpenings } from './read-openings.ts'
import { replay, type Story } from './replay.ts'

export type { LineNow, OpeningNow, Preview, Story }

/** What people are told about the waitlist, before, during and after; words and names, no numbers to call and no markup. Nothing here changes anything. */
export type Telling = {
  /** What is free or being offered, or (`ended`) was; of one location, of one local day. */
  openings(query?: OpeningsQuery): Promise<OpeningNow[]>
  /** The whole story of one opening. */
  replay(given: { openingId: string }): Promise<Story>
  /** Who would be asked about an opening, or about the chair that a visit would leave. */
  preview(given: { id: string }): Promise<Preview[]>
  /** Who waits, by location and service. */
  line(query?: { locationId?: string }): Promise<LineNow[]>
  /** Who would be asked if the risky visits of a day fell out, and whether enough people wait. Throws `DeskError('unsupported')` without a risk model. */
  lineUp(day: { locationId: string; date: LocalDate }): Promise<LineUp>
}

export function openTelling(room: WaitlistRoom): Telling {
  return {
    openings: (query) => readOpenings(room, query),
    replay: (given) => replay(room, given),
    preview: (given) => preview(room, given),
    line: (query) => readLine(room, query),
    async lineUp({ locationId, date }) {
      const { platform, score, store, clock } = room
      if (score === undefined) throw new DeskError('unsupported', { message: 'no risk model', userMessage: 'Without a risk model nobody can be lined up beforehand.' })
      return lineUp({ platform, score, store, clock, day: date, locationId, settings: await readWaitlistSettings(store.db, { locationId }) })
    },
  }
}
