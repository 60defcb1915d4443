import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSpokenWords } from '../../../src/phone/answering/spoken-words.ts'
import { spokenLanguages } from '../../../src/phone/phone.ts'
import { loadPrompt } from '../../../src/prompts/load-prompt.ts'
import type { SayValue } from '../../../src/salon/say-value.ts'

const dir = join(import.meta.dirname, '../../../prompts/voice')
const lines = (await readdir(dir)).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
const words = await loadSpokenWords()
const zone = 'America/Los_Angeles'
const now = '2026-11-21T15:30:00.000Z'
const three = '2026-11-27T23:00:00.000Z'
const half = '2026-11-28T00:30:00.000Z'

/** A value of each kind, by the name that lines use for it. */
const values: Record<string, SayValue> = {
  salon: 'Tiny Salon', client: ', Hana', phone: '213 555 0100', answer: { words: { en: 'Yes.', es: 'Sí.' } }, services: { services: ['women\'s cut'] }, staff: { with: ['Cruz'] }, when: { when: three, zone, now },
  first: { time: three, zone }, second: { time: half, zone }, shop: 'Main Street', stays: '', wanted: { words: { en: 'any time', es: 'cualquier hora' } },
  times: { times: [{ at: three, with: [] }, { at: half, with: ['Bea'] }], zone, now }, visits: { visits: [{ services: ['women\'s cut'], at: three }, { services: ['full color'], at: half }], zone, now },
}

test.each(lines.flatMap((line) => spokenLanguages.map((language) => [line, language] as const)))('%s in %s can be said', async (line, language) => {
  const { inputs } = await loadPrompt({ id: line, dir: language === 'en' ? dir : join(dir, language) })
  expect(inputs.filter((name) => !(name in values)), 'a line wants a value that this test does not know').toEqual([])
  const said = words.fill(line, Object.fromEntries(inputs.map((name) => [name, values[name] as SayValue])), language)
  expect(said).not.toBe('')
  expect(said, 'no place is left open').not.toMatch(/\{\{|\}\}|undefined|\[object/)
  expect(said, 'no keyword of a text service is asked for').not.toMatch(/\b(?:say|press|reply|text|diga|marque|responda)\W+(?:stop|cancel|end|quit|revoke|unsubscribe)\b/i)
  expect(said, 'a voice says no link, no emoji, no list marks').not.toMatch(/https?:|www\.|\p{Extended_Pictographic}|^\s*[-*•]|\b\d\)/mu)
  expect(said, 'times are said as people say them').not.toMatch(/:00 ?[ap]\.?m|\b[ap]m\b/)
  expect(said.split(/\s+/).length, 'short enough to be listened to').toBeLessThanOrEqual(50)
  // A voice reads one paragraph.
  expect(said).not.toContain('\n')
})

test('every line is there in both languages with the same inputs, and not by its English words', async () => {
  for (const line of lines) {
    const [en, es] = await Promise.all([loadPrompt({ id: line, dir }), loadPrompt({ id: line, dir: join(dir, 'es') })])
    expect(es.inputs.toSorted(), line).toEqual(en.inputs.toSorted())
    const bare = en.inputs.length === 1 && (await readFile(join(dir, `${line}.md`), 'utf8')).trim().endsWith(`---\n{{${en.inputs[0] ?? ''}}}`)
    const sames = [en, es].map((prompt) => prompt.render(Object.fromEntries(prompt.inputs.map((name) => [name, 'X']))))
    if (!bare && line !== 'at-shop') expect(sames[0], line).not.toBe(sames[1])
  }
})

test('the first words say that a machine speaks, how to reach a person, and that it records where it does', () => {
  for (const line of ['greeting', 'greeting-recorded']) {
    expect(words.fill(line, { salon: 'Tiny Salon' }, 'en')).toMatch(/automated assistant.*press zero.*diga español/)
    expect(words.fill(line, { salon: 'Tiny Salon' }, 'es')).toMatch(/asistente automático.*marque cero/)
  }
  expect(words.fill('greeting-recorded', { salon: 'Tiny Salon' }, 'en')).toMatch(/may be recorded/)
  expect(words.fill('greeting', { salon: 'Tiny Salon' }, 'en')).not.toMatch(/record/)
})

test('times for the ear: by their places, full hours without minutes, halves of the day in Spanish', () => {
  const said = (language: 'en' | 'es') => words.fill('offer-times', { services: values['services'] as SayValue, times: values['times'] as SayValue }, language)
  expect(said('en')).toBe('For your women\'s cut I have one, Friday 27 November at 3 PM; or two, 4:30 PM with Bea. Which one would you like?')
  expect(said('es')).toMatch(/uno, .*27 de noviembre a las 3 de la tarde; o dos, .*4:30 de la tarde con Bea/)
  expect(words.fill('ask-am-pm', { first: { time: '2026-11-27T16:00:00.000Z', zone }, second: { time: '2026-11-28T04:00:00.000Z', zone } }, 'es')).toMatch(/8 de la mañana.*8 de la noche/)
})

test('a line in one language only, and one that is not there, are found at once', async () => {
  const other = await mkdtemp(join(tmpdir(), 'voice-'))
  await mkdir(join(other, 'es'))
  await writeFile(join(other, 'hello.md'), '---\nid: hello\nversion: 1\ninputs: []\n---\nHello.\n')
  await expect(loadSpokenWords(other)).rejects.toMatchObject({ code: 'corrupt' })
  await rm(other, { recursive: true })
  expect(words.has('greeting')).toBe(true)
  expect(words.has('nothing')).toBe(false)
  expect(() => words.fill('nothing', {}, 'en')).toThrow('no spoken line')
})
