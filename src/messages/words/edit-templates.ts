import { mayActAs, type Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import { countSegments, gsmLength } from '../../salon/gsm-text.ts'
import type { Language, SayValue } from '../../salon/say-value.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { checkWording } from './check-wording.ts'
import { readOwnWording } from './own-wording.ts'
import { fillDraft, mostSegments, type Templates, wordingKey } from './templates.ts'

/** One text as it is worded now. `own` is the salon's wording, null where the shipped one stands. */
type Wording = { template: string; language: Language; shipped: string; own: string | null; inputs: string[] }

/** How a draft would go out, with made-up values of usual length. `problems` keep it from being saved, `notes` do not. */
type Preview = { body: string; segments: number; encoding: 'GSM-7' | 'UCS-2'; problems: string[]; notes: string[] }

/** The salon's own wording of its texts: managers change it, everybody sees it. What was approved before goes out as it was approved. */
export type EditTemplates = {
  list(): Promise<Wording[]>
  /** Throws `DeskError('not_found')` for a text that there is not. */
  preview(draft: { template: string; language: Language; body: string }): Preview
  /** Null goes back to the shipped words. Throws `DeskError('not_allowed')` below a manager, `DeskError('invalid_input')` with every problem in words (`detail.field` is `body`). */
  save(wording: { template: string; language: Language; body: string | null; by: Person }): Promise<void>
}

/** Their words are given by law and by phone companies (47 CFR 64.1200(a)(12), CTIA), and they are needed before the store can be asked. */
const fixed = new Set(['opted-out', 'opted-in', 'help'])

export function editTemplates({ store, clock, templates, publicUrl }: { store: Store; clock: Clock; templates: Templates; publicUrl?: string | undefined }): EditTemplates {
  const editable = templates.list().filter(({ template }) => !fixed.has(template))
  const find = ({ template, language }: { template: string; language: Language }) => {
    const found = editable.find((one) => one.template === template && one.language === language)
    if (found === undefined) throw new DeskError('not_found', { message: `no editable template ${language}/${template}`, userMessage: 'There is no such text, or its words are given by law.' })
    return found
  }

  const preview: EditTemplates['preview'] = (draft) => {
    const { body: shipped, inputs } = find(draft)
    const { language } = draft
    const written = tidy(draft.body)
    const body = fillDraft({ body: written, values: sampleValues(inputs, clock.now()), language })
    const { segments, encoding } = countSegments(body)
    const problems = checkWording({ body: written, language, shipped, inputs, publicUrl })
    const odd = [...new Set(written)].filter((character) => gsmLength(character) === undefined)
    return {
      body, segments, encoding,
      problems: segments > mostSegments ? [...problems, `With usual names it is ${segments} SMS long; two are the most.`] : problems,
      notes: odd.length === 0 ? [] : [`Plain SMS lack ${odd.map((character) => `"${character}"`).join(', ')}: they go out as the nearest plain letters, or not at all.`],
    }
  }

  return {
    async list() {
      const own = await readOwnWording(store.db)
      return editable.map(({ template, language, body, inputs }) => ({ template, language, shipped: body, own: own.get(wordingKey({ template, language })) ?? null, inputs }))
    },
    preview,
    async save({ template, language, body, by }) {
      if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'templates need a manager', userMessage: 'Only a manager may change what texts say.' })
      find({ template, language })
      const problems = body === null ? [] : preview({ template, language, body }).problems
      if (problems.length > 0) throw new DeskError('invalid_input', { message: `bad wording of ${language}/${template}`, userMessage: problems.join(' '), detail: { field: 'body' } })
      await store.transaction(async (trx) => {
        const now = clock.now()
        const saved = await trx.insertInto('text_templates').values({ template, language, body: body === null ? null : tidy(body), by: by.id, at: now }).returning('id').executeTakeFirstOrThrow()
        await appendAudit(trx, { at: now, actor: by.id, action: body === null ? 'template.restored' : 'template.changed', subject: `template:${wordingKey({ template, language })}`, detail: { version: saved.id } })
      })
    },
  }
}

function tidy(body: string): string {
  return body.replaceAll(/\r\n?/g, '\n').trim()
}

/** Names a little longer than most, so that what fits here fits nearly always. */
function sampleValues(inputs: string[], now: Instant): Record<string, SayValue> {
  const zone = 'America/New_York'
  const samples: Record<string, SayValue> = {
    client: ' Alexandria', salon: 'Juniper & Sage, Pearl District', services: { services: ['balayage and root melt'] }, staff: { with: ['Maya'] },
    when: { when: now, zone, now }, first: { time: now, zone }, second: { time: now, zone },
    times: { times: [1, 2, 3].map(() => ({ at: now, with: [] })), zone, now },
    visits: { visits: [1, 2].map(() => ({ services: ['haircut'], at: now })), zone, now },
    prep: '', answer: 'You may arrive up to 15 minutes late and are still seen.', call: { call: '+12125550100' },
  }
  return Object.fromEntries(inputs.map((input) => [input, samples[input] ?? '…']))
}
