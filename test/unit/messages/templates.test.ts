import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { loadTemplates } from '../../../src/messages/templates.ts'
import { countSegments } from '../../../src/salon/gsm-text.ts'

const dir = resolve(import.meta.dirname, '../../../prompts/messages')
const ids = readdirSync(dir).map((name) => name.replace('.md', ''))
const values = { client: ' Bartholomew', salon: 'Juniper & Sage, Pearl District', services: 'balayage and root melt', staff: ' with Maya', when: 'Wednesday 18 November at 10:30 am', call: 'Reply here or call +15035550100.' }

test('TWI-5: no template asks to reply CANCEL, END, QUIT or STOP for anything but opting out', () => {
  for (const id of ids) {
    const body = readFileSync(join(dir, `${id}.md`), 'utf8').replaceAll(/(?:Reply|or) STOP to opt out\./g, '')
    expect({ id, words: /\b(?:STOP|CANCEL|END|QUIT|REVOKE|UNSUBSCRIBE|OPT ?OUT)\b/.exec(body)?.[0] }).toEqual({ id, words: undefined })
    expect({ id, asked: /reply\s+["“]?(?:cancel|end|quit|no|x)\b/i.test(body) }).toEqual({ id, asked: false })
  }
})

test('TWI-9: every template fits two plain SMS, a long list of services gives way, and odd characters become plain ones', async () => {
  const templates = await loadTemplates()
  for (const id of ids) expect({ id, ...countSegments(templates.fill(id, values)) }).toMatchObject({ id, encoding: 'GSM-7', segments: id === 'opted-out' || id === 'opted-in' || id === 'help' ? 1 : 2 })
  const long = templates.fill('moved', { ...values, client: ' Sofía', services: 'a very long treatment with many words in it and '.repeat(6) })
  expect(long).toBe("Hi Sofia, it's Juniper & Sage, Pearl District. We've moved your appointment to Wednesday 18 November at 10:30 am. Reply YES to confirm or STOP to opt out.")
})

test('a broken template is found when texts are opened', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'templates-'))
  await writeFile(join(broken, 'moved.md'), '---\nid: moved\nversion: 1\ninputs: [when]\n---\nHi {{client}}')
  await expect(loadTemplates(broken)).rejects.toMatchObject({ code: 'corrupt' })
  await rm(broken, { recursive: true })
})
