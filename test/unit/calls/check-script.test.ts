import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkScript, type ScriptFacts } from '../../../src/calls/check-script.ts'
import { loadScriptTemplates, templateScript } from '../../../src/calls/write-script.ts'
import { demoCatalog } from '../../../src/demo/demo-catalog.ts'
import { money } from '../../../src/salon/money.ts'
import { at } from '../../../src/salon/time.ts'

const zone = 'America/Los_Angeles'
const words = (names: string[]) => new Set(names.flatMap((name) => name.toLowerCase().match(/\p{L}{3,}/gu) ?? []))

function factsOf(more: Partial<ScriptFacts> = {}): ScriptFacts {
  return {
    firstName: 'Dana', lastName: 'Reyes', salon: 'Juniper & Sage', location: 'Pearl District', staff: ['Maya Lind'], services: ["Women's cut"],
    prices: [money(7_800, 'USD')], start: at('2026-11-20', '15:00', zone), timeKnown: true, zone, now: at('2026-11-20', '07:30', zone), points: [],
    strangers: words(['Theo', 'Priya', 'Bella Ortiz', 'Will Stone', 'Dana Wu']), serviceWords: words(["Women's cut", 'Balayage', 'Full color', 'Consultation', 'Updo']),
    ...more,
  }
}

const good = [
  "Hi Dana, it's the front desk at Juniper & Sage. I'm calling about your women's cut with Maya today at 3 pm. Does that still work for you?",
  "Good morning Dana, this is Juniper & Sage. Are we still on for your Women's cut this afternoon at 3:00 pm with Maya Lind? If not, I'm happy to find a better time.",
  "Hello Dana Reyes! We have you down for a women's cut on Friday, November 20 at 3 o'clock with Maya, $78. Will that work, or would another time suit you better?",
]

const spoken = (script: string, facts = factsOf()) => checkScript({ script, channel: 'spoken', facts })

describe('checkScript', () => {
  it.each(good)('lets a good script pass: %s', (script) => {
    expect(spoken(script)).toEqual({ ok: true })
  })

  // Written as language models word it; a checker that refuses these would leave nothing to a model.
  it.each([
    "Hi Dana! This is the front desk at Juniper & Sage. Maya has you in for a women's cut today at 3 pm, and I just wanted to check that it still suits you. If something has come up, no problem at all, we can look for a better time.",
    "Hello Dana, Juniper & Sage here. Just a quick call about today at 3 pm: your women's cut with Maya. Can you still make it?",
    "Hi Dana! Looking forward to seeing you today at 3 pm for your women's cut with Maya. Please reply YES to confirm or tell us if another time works better. Juniper & Sage",
    "Hi Dana, Juniper & Sage here! Your women's cut with Maya is today at 3 pm. Still good? Reply YES, or send us a time that suits you better and we'll sort it out.",
    "Hey Dana, Maya is looking forward to your women's cut today at 3 pm. Does it still fit your day? Just reply YES to keep it. - Juniper & Sage",
    "Hi, is this Dana? I'm calling from Juniper & Sage about your women's cut with Maya this afternoon, today at 3 pm. Otherwise I'd be glad to help you find a new time.",
    "Dana, hi, it's the desk at Juniper & Sage. Nothing urgent! I only wanted to make sure your women's cut with Maya today at 3 pm is still convenient.",
  ])('lets a natural wording pass: %s', (script) => {
    for (const channel of ['spoken', 'text'] as const) expect(checkScript({ script, channel, facts: factsOf() })).toEqual({ ok: true })
  })

  const base = good[0] as string
  it.each([
    ['another client', base.replace('Dana', 'Bella')],
    ['a lower-case stranger', base.replace('with Maya', 'with theo')],
    ['a second name', `${base} Theo says hello.`],
    ['a stranger at the start', `${base} Priya can also take you.`],
    ['another hour', base.replace('3 pm', '4 pm')],
    ['the other half of the day', base.replace('3 pm', '3 am')],
    ['a longer time', base.replace('3 pm', '3:30 pm')],
    ['a second time', `${base} We also have room at 5.`],
    ['a time in words', `${base} We also have room at four.`],
    ['another day', base.replace('today', 'tomorrow')],
    ['another weekday', base.replace('today', 'on Saturday')],
    ['another date', base.replace('today', 'on November 21')],
    ['another part of the day', base.replace('today at 3 pm', 'this morning at 3 pm')],
    ['another service', base.replace("women's cut", 'balayage')],
    ['a further service', `${base} We could add an updo.`],
    ['another price', `${base} It will be $79.`],
    ['a price in words', `${base} It is eighty dollars.`],
    ['a link', `${base} See juniper.com/book for more.`],
    ['a phone number', `${base} Call us on 503 555 0101.`],
    ['an e-mail address', `${base} Write to a@b.`],
    ['an opt-out word', `${base} Otherwise reply CANCEL.`],
    ['a lower-case opt-out', `${base} Text us "stop" if not.`],
    ['money owed', `${base} You have an outstanding amount.`],
    ['risk', `${base} You are at risk of being dropped.`],
    ['a discount', `${base} You get a discount.`],
    ['a promise of something free', `${base} A treatment is free.`],
    ['a placeholder', `${base} Regards, [name].`],
    ['no time at all', base.replace(' at 3 pm', '')],
    ['no client at all', base.replace('Hi Dana', 'Hi')],
    ['a control character', `${base}\u001b[31m`],
    ['a fullwidth digit', `${base} Or at ５.`],
  ])('refuses %s', (_what, script) => {
    expect(spoken(script)).toMatchObject({ ok: false })
  })

  it('lets a fact through as it is written and refuses it changed', () => {
    const facts = factsOf({ points: ['By the way, your Gloss Five package is good until Friday 27 November.'] })
    expect(spoken(`${base} By the way, your Gloss Five package is good until Friday 27 November.`, facts)).toEqual({ ok: true })
    expect(spoken(`${base} By the way, your Gloss Five package is good until Friday 28 November.`, facts).ok).toBe(false)
  })

  it('holds a text to two plain SMS', () => {
    const text = (script: string) => checkScript({ script, channel: 'text', facts: factsOf() })
    expect(text(base)).toEqual({ ok: true })
    expect(text(`${base} ${'Please let us know. '.repeat(12)}`).ok).toBe(false)
    expect(text(base.replace("it's", 'it’s')).ok).toBe(false)
  })

  it('refuses every clock time, number or date but the appointment\'s own', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), (hour, minute) => {
      const other = `${hour % 12 || 12}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'am' : 'pm'}`
      expect(spoken(base.replace('3 pm', other)).ok).toBe(hour === 15 && minute === 0)
      expect(spoken(`${base} We could also do ${other}.`).ok).toBe(hour === 15 && minute === 0)
    }))
  })

  it('notices any changed digit or letter of a name, time or number in a good script', () => {
    const fragile = fc.constantFrom(...good.flatMap((script) => [...script.matchAll(/\bDana\b|\bReyes\b|\bMaya\b|\bLind\b|Juniper|Sage|[Ww]omen's cut|\d+|pm|Friday|November/g)].map((match) => ({ script, at: match.index, word: match[0] }))))
    fc.assert(fc.property(fragile, fc.nat(), fc.constantFrom('b', 'k', 'q', 'x', 'z'), ({ script, at: start, word }, position, letter) => {
      const i = start + position % word.length
      const old = script[i] as string
      const changed = /\d/.test(old) ? String((Number(old) + 1 + position % 8) % 10) : old === old.toUpperCase() ? letter.toUpperCase() : letter
      fc.pre(changed !== old && /[\p{L}\d]/u.test(old))
      expect(spoken(script.slice(0, i) + changed + script.slice(i + 1))).toMatchObject({ ok: false })
    }), { numRuns: 500 })
  })

  it('lets every template of the demo salon pass, at every time of day and with every name', async () => {
    const templates = await loadScriptTemplates()
    const service = fc.constantFrom(...demoCatalog.services.map(({ name }) => name))
    fc.assert(fc.property(fc.uniqueArray(service, { minLength: 1, maxLength: 2 }), fc.constantFrom(...demoCatalog.staff.map(({ name }) => name)), fc.integer({ min: 8, max: 19 }), fc.constantFrom('00', '15', '45'), fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-25', '2027-03-14'), fc.constantFrom('Dana', 'Sofía', 'May', "D'Arcy", 'Will', 'José'), (services, staff, hour, minute, date, firstName) => {
      const facts = factsOf({ services, staff: [staff], firstName, lastName: '', start: at(date, `${String(hour).padStart(2, '0')}:${minute}`, zone), serviceWords: words(demoCatalog.services.map(({ name }) => name)), strangers: words(['Will', 'Grace', 'May', 'Hope', 'Theo']), points: ['It will be lovely to see you again.'] })
      const script = templateScript({ templates, facts })
      for (const channel of ['spoken', 'text'] as const) {
        expect(checkScript({ script: script[channel], channel, facts })).toEqual({ ok: true })
        expect(script[channel].toLowerCase()).toContain((services[0] as string).toLowerCase())
        expect(script[channel]).toContain('It will be lovely to see you again.')
      }
      expect(script.spoken).toContain(firstName)
    }))
  })

  it('leaves a hostile name out of the words', async () => {
    const templates = await loadScriptTemplates()
    for (const salon of ['Visit evil.example.com', 'Reply STOP']) {
      const script = templateScript({ templates, facts: factsOf({ salon }) })
      expect(script.text).not.toContain(salon)
    }
  })
})
