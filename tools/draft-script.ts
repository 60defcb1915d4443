import { z } from 'zod'
import { buildCallList } from '../src/calls/build-call-list.ts'
import type { Script } from '../src/calls/call-list.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import { localDate } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

type Drafted = { client: string; time: string; script: Script }

export function draftScript(deps: ToolDeps) {
  return defineTool({
    name: 'draft_script',
    description: 'Words for a call and a text about one appointment ahead, every fact in them checked against the book. Use it for "what do I say to her?". It sends nothing: nobody is texted or called. Needs an appointmentId from call_list, appointment or day_book.',
    effect: 'read',
    schema: z.object({ appointmentId: z.string().min(1).describe('From call_list, appointment or day_book') }),
    doing: 'writing the script',
    async run({ appointmentId }): Promise<Drafted> {
      const { platform, store, clock, score } = deps
      const appointment = unwrap(await platform.appointment({ id: appointmentId }))
      const location = findLocation(unwrap(await platform.catalog()), appointment.locationId)
      // The list with nobody left out has a script for everybody still ahead.
      const everybody = { minimumBand: 'low', atMost: 500, confirmed: 'rank-low', holdOutShare: 0, modelScripts: 0 } as const
      const list = await buildCallList({ platform, store, clock, score, locationId: location.id, date: localDate(appointment.start, location.zone), settings: everybody })
      const item = list.locations.flatMap(({ items }) => items).find((candidate) => candidate.appointment === appointmentId)
      if (item === undefined) throw new DeskError('not_found', { message: 'no script for this appointment', userMessage: 'There is nothing left to call about: that appointment has begun, is over or was cancelled.' })
      return { client: item.client.name, time: item.timeText, script: item.script }
    },
    say: ({ client, script }) => `For ${client}, on the phone:\n"${script.spoken}"\nAs a text:\n"${script.text}"\nNothing has been sent.`,
  })
}
