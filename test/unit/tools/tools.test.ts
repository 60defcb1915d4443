import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ToolContext } from '../../../src/agent/desk-tool.ts'
import type { ClientProfile, DayBook, FoundClients, FoundSlots, WaitlistCandidates } from '../../../src/agent/tool-results.ts'
import { type AgentDesk, createAgentDesk, person } from '../agent/agent-desk.ts'

let desk: AgentDesk
beforeAll(async () => { desk = await createAgentDesk() })
afterAll(() => desk.store.close())

const context: ToolContext = { person, conversationId: 'test' }

async function use<Result>(name: string, args: Record<string, unknown>): Promise<Result> {
  return await desk.tools.find((tool) => tool.name === name)?.run(args, context) as Result
}

test('LLM-4: tools read, propose or record; none decides, changes rights, or reaches a client', () => {
  const effects = Object.groupBy(desk.tools, ({ effect }) => effect)
  expect(Object.keys(effects).sort()).toEqual(['propose', 'read', 'record'])
  expect(effects.record?.map(({ name }) => name)).toEqual(['record_outcome'])
  expect(effects.propose?.map(({ name }) => name).sort()).toEqual(['propose_booking', 'propose_cancel', 'propose_note', 'propose_reschedule', 'propose_status', 'propose_text', 'propose_waitlist_fill', 'propose_waitlist_join', 'propose_waitlist_leave', 'propose_waitlist_offers'])
  for (const { name, effect } of desk.tools) {
    expect(name).not.toMatch(/approve|decide|reject|undo|mode|role|consent|audit|pause|setting|send|text_|sms|email|delete|erase|pay|refund/)
    if (effect === 'propose') expect(name).toMatch(/^propose_/)
  }
})

test('no argument of a tool is a phone number to reach, a link, a price or a role', () => {
  for (const { name, schema } of desk.tools) {
    for (const field of Object.keys(schema.shape)) {
      if (!(name === 'find_client' && field === 'phone')) expect(field, name).not.toMatch(/phone|email|url|link|price|amount|role|hash|approve/i)
      expect((schema.shape[field] as { description?: string }).description, `${name}.${field} says what it is`).toBeTruthy()
    }
  }
})

test('results name people and hold nothing to reach them by', async () => {
  const found = await use<FoundClients>('find_client', { name: 'dana' })
  expect(found.clients.map(({ name, phoneEnding }) => [name, phoneEnding])).toEqual([['Dana Kim', '02'], ['Dana Whitfield', '01']])
  const profile = await use<ClientProfile>('client_profile', { clientId: 'dana-w' })
  expect(profile.holdings[0]).toContain('Color package')
  expect(JSON.stringify([found, profile])).not.toMatch(/\d{7}|example\.com/)
})

test('free times come with ids; a made-up id is refused by the proposal', async () => {
  const { slots } = await use<FoundSlots>('find_slots', { appointmentId: 'c-friday', date: '2026-11-27', at: '16:00' })
  expect(slots.map(({ when, staff }) => [when, staff])).toEqual([['Friday 27 November at 4:00 pm', 'Cruz Okafor']])
  await expect(use('propose_reschedule', { appointmentId: 'c-friday', slotId: 'made-up', reason: 'x' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('a closed day is explained and answered with the days after, one time a day, at the hour asked', async () => {
  const found = await use<FoundSlots>('find_slots', { appointmentId: 'b-cut', date: '2026-11-23', at: '15:00' })
  expect(found).toMatchObject({ slots: [], why: 'Main Street is closed on Monday 23 November' })
  expect(found.nearest.map(({ when }) => when)).toEqual(['Tuesday 24 November at 3:00 pm', 'Wednesday 25 November at 3:00 pm', 'Friday 27 November at 3:00 pm'])
})

test('a past day, too many days, no service: words that help', async () => {
  expect(await use<FoundSlots>('find_slots', { serviceIds: ['cut'], date: '2026-11-20' })).toMatchObject({ slots: [], why: 'that is in the past' })
  await expect(use('find_slots', { serviceIds: ['cut'], date: '2026-11-25', untilDate: '2027-03-01' })).rejects.toMatchObject({ userMessage: 'Ask for at most 30 days, first day first.' })
  await expect(use('find_slots', { date: '2026-11-25' })).rejects.toMatchObject({ userMessage: 'Say which service, or which appointment is to move.' })
  await expect(use('find_slots', { date: 'friday', serviceIds: ['cut'] })).rejects.toMatchObject({ code: 'invalid_time' })
  await expect(use('find_slots', { date: '2026-11-25', at: '3pm', serviceIds: ['cut'] })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('HH:MM') })
})

test('the day book is in order of time and by person', async () => {
  const day = await use<DayBook>('day_book', {})
  expect(day.appointments.map(({ client }) => client)).toEqual(['Dana Whitfield', 'Dana Kim', 'Elena García', 'George Papadakis'])
  expect((await use<DayBook>('day_book', { staffId: 'cruz', date: '2026-11-27' })).appointments.map(({ appointmentId }) => appointmentId)).toEqual(['c-friday'])
})

test('the waitlist names who fits and who does not, with reasons', async () => {
  const { candidates } = await use<WaitlistCandidates>('waitlist_for_slot', { date: '2026-11-21', from: '11:00', to: '12:00', staffId: 'bea' })
  expect(candidates.map(({ client, skipped }) => [client, skipped])).toEqual([['Jo Danvers', undefined], ['Ivan Petrov', expect.any(String)]])
})
