import { describe, expect, it } from 'vitest'
import type { CallItem, CallList } from '../../../../src/calls/call-list.ts'
import { trialEffect } from '../../../../src/calls/call-value.ts'
import { renderCallList } from '../../../../src/channels/terminal/render-call-list.ts'
import { money } from '../../../../src/salon/money.ts'

const usd = (dollars: number) => money(dollars * 100, 'USD')
const item: CallItem = {
  rank: 1, appointment: 'a', client: { id: 'c', name: 'Dana Reyes' }, location: { id: 'west', name: 'Pearl' }, time: '2026-11-20T15:00:00-08:00', timeText: '3:00 pm',
  services: ['Balayage', 'Gloss'], staff: ['Maya Lind'], status: 'booked', price: usd(325), risk: 0.41, band: 'high', confidence: 'medium',
  reasons: ['two late cancellations in 60 days', 'booked 45 days ahead'],
  expectedValue: { risk: 0.41, atStake: { amount: usd(325), from: 'price' }, chance: { value: 0.22, from: 'trial', factors: [] }, value: money(2_932, 'USD') },
  talkingPoints: [{ kind: 'package', text: 'Package "Gloss Five": 2 left, expires Friday 4 December', source: 'client account: packages' }],
  script: { spoken: "Hi Dana, it's the front desk at Juniper & Sage. I'm calling about your balayage and gloss with Maya today at 3 pm. Does that still work for you?", text: "Hi Dana, it's Juniper & Sage. Reply YES to keep today at 3 pm.", from: 'template' },
  holdOut: false,
}
const { rank: _, talkingPoints: __, script: ___, ...bare } = item
const list: CallList = {
  business: 'Juniper & Sage', now: '2026-11-20T15:30:00.000Z', effect: trialEffect,
  locations: [{
    location: { id: 'west', name: 'Pearl', zone: 'America/Los_Angeles' }, date: '2026-11-20', notes: [], scored: [], items: [item], heldOut: [{ ...bare, client: { id: 'd', name: 'Eve Park' }, holdOut: true }],
    summary: { appointments: 34, atRisk: 6, expectedFailures: 2.94, moneyAtRisk: usd(312.4), confirmed: 4, unscored: 0 },
  }],
}

describe('renderCallList', () => {
  it('fits 80 columns and shows the day, each call, and who is held out', () => {
    const text = renderCallList(list)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('34 appointments ahead · 6 at risk · about 2.9 chairs lost if nobody calls · $312 at stake · 4 confirmed · 1 to call · 1 held out')
    expect(text).toMatch(/^ 1\. Dana Reyes, 3:00 pm +high 41 %$/m)
    expect(text).toContain('Balayage + Gloss with Maya Lind · $325 · call worth $29.32')
    expect(text).toMatch(/please do not call.*\n {4}3:00 pm {1,2}Eve Park, Balayage \+ Gloss/)
    expect(text).toContain('29.2 to 22.8')
    expect(text).not.toContain('\u001b')
  })

  it('colours only when asked to, and passes no escape of a client\'s name on', () => {
    const [one] = list.locations
    const hostile: CallList = { ...list, locations: [{ ...one as CallList['locations'][number], items: [{ ...item, client: { id: 'c', name: 'Dana\u001b[2J\u202eevil' } }] }] }
    expect(renderCallList(hostile, { colour: true })).toContain('\u001b[1m')
    for (const character of ['\u001b', '\u202e']) expect(renderCallList(hostile)).not.toContain(character)
  })

  it('shows an outcome, a refused model and a narrow terminal', () => {
    const [one] = list.locations
    const called: CallList = { ...list, locations: [{ ...one as CallList['locations'][number], items: [{ ...item, outcome: { outcome: 'voicemail', at: '2026-11-20T16:05:00.000Z', by: 'sam' }, script: { ...item.script, modelRejected: 'spoken: it contains a link' } }] }] }
    const text = renderCallList(called, { columns: 50 })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(50)
    expect(text).toContain('Done  voicemail at 8:05 am by sam')
    expect(text.replaceAll(/\s+/g, ' ')).toContain("the model's wording was refused: spoken: it contains a link")
  })

  it('says how the desk\'s own call stands', () => {
    expect(renderCallList(list, { sayCall: ({ client }) => `Maya is talking with ${client.name}.` })).toMatch(/^ {4}Call {2}Maya is talking with Dana Reyes\.$/m)
    expect(renderCallList(list)).not.toMatch(/^ {4}Call /m)
  })

  it('is honest about an empty day', () => {
    const [one] = list.locations
    const empty: CallList = { ...list, locations: [{ ...one as CallList['locations'][number], items: [], heldOut: [], notes: ['No appointments are left on Friday 20 November.'], summary: { appointments: 0, atRisk: 0, expectedFailures: 0, moneyAtRisk: usd(0), confirmed: 0, unscored: 0 } }] }
    expect(renderCallList(empty).split('\n').slice(2)).toEqual(['No appointments are left on Friday 20 November.'])
  })
})
