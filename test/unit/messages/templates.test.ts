import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkWording, optOutLines } from '../../../src/messages/words/check-wording.ts'
import { loadTemplates } from '../../../src/messages/words/templates.ts'
import { countSegments } from '../../../src/salon/gsm-text.ts'
import { type Language, languages, type SayValue } from '../../../src/salon/say-value.ts'

const zone = 'America/Los_Angeles'
const now = '2026-11-20T20:00:00.000Z'
const start = '2026-11-25T18:30:00.000Z' // Wednesday, half past ten there
const values: Record<string, SayValue> = {
  from: { when: '2026-11-28T18:30:00.000Z', zone, now }, within: '30 min', code: '482913', link: 'https://desk.juniper-and-sage.example/policies/cancellation/notice',
  client: ' Bartholomew', salon: 'Juniper & Sage, Pearl District', services: { services: ['balayage and root melt'] }, staff: { with: ['Maya'] }, when: { when: start, zone, now },
  call: { call: '+15035550100' }, prep: ' Please come with dry hair.', answer: 'You may arrive up to 15 minutes late.', first: { time: '2026-11-25T11:00:00.000Z', zone }, second: { time: '2026-11-25T23:00:00.000Z', zone },
  times: { times: [0, 1, 2].map((n) => ({ at: `2026-11-25T${18 + n}:30:00.000Z`, with: n === 0 ? [] : ['Guadalupe'] })), zone, now },
  wanted: { words: { en: 'Wednesday 25 November or Saturday 28 November from 12:00 pm to 5:00 pm', es: 'miércoles 25 de noviembre o sábado 28 de noviembre de 12:00 pm a 5:00 pm', fr: 'mercredi 25 novembre ou samedi 28 novembre de 12 h 00 à 17 h 00' } },
  stays: { words: { en: ' Your visit stays until then.', es: ' Su cita sigue en pie mientras tanto.', fr: ' Votre rendez-vous tient en attendant.' } },
  visits: { visits: [{ services: ["women's cut"], at: start }, { services: ['balayage and root melt'], at: '2026-11-28T18:30:00.000Z' }], zone, now },
}
const templates = await loadTemplates()
const all = templates.list()

test('every text is written in English and Spanish, and what the law wants in French too', () => {
  const has = (language: Language) => new Set(all.filter((one) => one.language === language).map(({ template }) => template))
  expect([...has('en')].filter((template) => !has('es').has(template))).toEqual([])
  for (const template of ['opted-out', 'opted-in', 'help', 'booked', 'moved', 'cancelled', 'restored', 'confirm']) expect(has('fr')).toContain(template)
})

test('TWI-5: no template in any language tells to answer with a word that ends texts, but for opting out', () => {
  for (const { template, language, body, inputs } of all) {
    expect({ template, language, problems: checkWording({ body, language, shipped: body, inputs, publicUrl: undefined }) }).toEqual({ template, language, problems: [] })
  }
})

test('LAW-5: the salon is named in every text, and what the desk sends first says how to opt out', () => {
  const first = new Set(['booked', 'cancelled', 'confirm', 'confirm-early', 'confirm-last', 'confirm-several', 'help', 'moved', 'opted-in', 'restored', 'waitlist-filled', 'waitlist-joined', 'waitlist-offer', 'waitlist-offer-sooner'])
  for (const { template, language, body } of all) {
    expect({ template, language, named: body.includes('{{salon}}') }).toEqual({ template, language, named: true })
    if (first.has(template)) expect({ template, language, says: body.includes(optOutLines[language]) }).toEqual({ template, language, says: true })
  }
})

test.each(languages)('TWI-9: every text in %s fits two plain SMS, with long names', (language) => {
  for (const { template } of all.filter((one) => one.language === language)) {
    const body = templates.fill(template, values, language)
    const counted = countSegments(body)
    expect({ template, body, encoding: counted.encoding, fits: counted.segments <= 2, whole: !/undefined|\{\{/.test(body) }).toEqual({ template, body, encoding: 'GSM-7', fits: true, whole: true })
  }
})

describe('a text', () => {
  const moved = (language: Language, more: Record<string, SayValue> = {}) => templates.fill('moved', { ...values, ...more }, language)

  test('is said in its language, with its days and times, in plain letters', () => {
    expect(moved('en')).toBe("Hi Bartholomew, it's Juniper & Sage, Pearl District. We've moved your balayage and root melt with Maya to Wednesday 25 November at 10:30 am. Reply YES to confirm or STOP to opt out.")
    expect(moved('es')).toBe('Hola Bartholomew, le escribe Juniper & Sage, Pearl District. Hemos cambiado su reserva (balayage and root melt con Maya) al miércoles 25 de noviembre a las 10:30 am. Responda SI para confirmar o STOP para darse de baja.')
    expect(moved('fr')).toBe('Bonjour Bartholomew, ici Juniper & Sage, Pearl District. Votre réservation (balayage and root melt avec Maya) est déplacée au mercredi 25 novembre à 10 h 30. Répondez OUI pour confirmer ou STOP pour vous désabonner.')
    expect(moved('es', { when: { when: '2027-01-02T21:00:00.000Z', zone, now } })).toContain('al sabado 2 de enero de 2027 a la 1:00 pm.')
    expect(moved('fr', { when: { day: '2026-12-01', now: '2026-11-20' }, services: { services: [] }, staff: { with: [] } })).toContain('(rendez-vous) est déplacée au mardi 1er décembre.')
    expect(templates.fill('offer-times', values, 'es')).toContain('\n1) mié 25 nov, 10:30 am\n2) mié 25 nov, 11:30 am con Guadalupe\n')
    expect(templates.fill('confirm-several', values)).toContain("your women's cut on Wednesday 25 November at 10:30 am and your balayage and root melt on Saturday 28 November at 10:30 am.")
  })

  test('without a translation is said in English, whole', () => {
    expect(templates.languageFor('moved', ['fr', 'es'])).toBe('fr')
    expect(templates.languageFor('no-such', ['fr'])).toBe('en')
  })

  test('that is too long loses names, services and preparation before the time', () => {
    expect(moved('en', { client: ' Sofía', services: { services: ['a very long treatment with many words in it and '.repeat(6)] } })).toBe("Hi Sofia, it's Juniper & Sage, Pearl District. We've moved your appointment to Wednesday 25 November at 10:30 am. Reply YES to confirm or STOP to opt out.")
    const long = templates.fill('confirm', { ...values, prep: ` ${'Please bring your hair. '.repeat(12)}` })
    expect(long).not.toContain('bring')
    expect(long).toContain('Wednesday 25 November at 10:30 am')
    const visits = { visits: Array.from({ length: 3 }, () => ({ services: ['a treatment with a rather long name of its own'], at: start })), zone, now }
    expect(templates.fill('confirm-several', { ...values, visits })).toContain('your appointment on Wednesday 25 November at 10:30 am, your appointment on')
  })
})

test('a broken template is found when texts are opened', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'templates-'))
  await writeFile(join(broken, 'moved.md'), '---\nid: moved\nversion: 1\ninputs: [when]\n---\nHi {{client}}')
  await expect(loadTemplates(broken)).rejects.toMatchObject({ code: 'corrupt' })
  await rm(broken, { recursive: true })
})
