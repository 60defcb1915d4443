import { z } from 'zod'
import { DeskError } from '../../salon/errors.ts'
import { type Language, languages } from '../../salon/say-value.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Form, Part, Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { mustBeManager } from './must-be-manager.ts'
import { saySegments } from './say-segments.ts'
import { languageNames, nameOfTemplate } from './texting-view.ts'
import { trustedRef } from './trust-token.ts'

/** The wording of the salon's texts: first the words, then how a client would see them, and only then they are kept. */
export const wordingPresses: Record<string, PressHandler> = {
  async wording(press, room) {
    const { text, ref } = await open(press, room)
    if (press.values === undefined) return form({ press, room, ref, title: nameOfTemplate(text.template), submit: 'Show me', words: text.own ?? text.shipped, intro: introOf(text), mayRestore: text.own !== null })
    if (press.values['after'] === 'restore') {
      await room.wording?.save({ ...text, body: null, by: press.person })
      return said(`"${nameOfTemplate(text.template)}" in ${languageNames[text.language]} is back to the shipped words.`, redrawn)
    }
    return preview({ press, room, text, ref })
  },

  /** Saves what was shown; words that were altered since are shown first. */
  async 'wording:save'(press, room) {
    const { text, ref, shown } = await open(press, room)
    const body = words(press)
    if (shown !== hashOf({ body })) return preview({ press, room, text, ref })
    try {
      await room.wording?.save({ ...text, body, by: press.person })
    } catch (error) {
      if (error instanceof DeskError && error.detail?.['field'] === 'body') return { kind: 'wrong', errors: { body: error.userMessage } }
      throw error
    }
    return said(`Saved. "${nameOfTemplate(text.template)}" in ${languageNames[text.language]} reads like this from now on. What was approved before goes out as it was approved.`, redrawn)
  },
}

const redrawn = { subjects: ['texting', 'home'] }
const Ref = z.tuple([z.string(), z.enum(languages)]).rest(z.string())

type Wording = { template: string; language: Language; shipped: string; own: string | null; inputs: string[] }

async function open(press: Press, room: CardRoom): Promise<{ text: Wording; ref: string[]; shown: string | undefined }> {
  const parsed = Ref.safeParse(await trustedRef({ press, room }))
  await mustBeManager({ press, room, to: 'change what texts say' })
  const [template, language, shown] = parsed.data ?? []
  const text = (await room.wording?.list())?.find((one) => one.template === template && one.language === language)
  if (text === undefined) throw new DeskError('not_found', { message: 'no such template', userMessage: 'There is no such text (any more), or its words are given by law.' })
  return { text, ref: [text.template, text.language], shown }
}

const words = (press: Press): string => (press.values?.['body'] ?? '').replaceAll(/\r\n?/g, '\n').trim()

function introOf({ shipped, own, inputs, language }: Wording): Part[] {
  return [
    { kind: 'small', text: `In ${languageNames[language]}. Words in double braces are filled in for each client: ${inputs.map((input) => `{{${input}}}`).join(', ')}.` },
    ...(own === null ? [] : [{ kind: 'words' as const, label: 'As shipped', text: shipped }]),
  ]
}

/** How the first client would see it, with names of usual length. */
function preview({ press, room, text, ref }: { press: Press; room: CardRoom; text: Wording; ref: string[] }): PressAnswer {
  const body = words(press)
  const seen = room.wording?.preview({ ...text, body })
  if (seen === undefined || body === '') return { kind: 'wrong', errors: { body: 'Write something.' } }
  if (seen.problems.length > 0) return { kind: 'wrong', errors: { body: seen.problems.join(' ') } }
  return form({
    press: { ...press, action: 'wording:save' }, room, ref: [...ref, hashOf({ body })], title: 'As a client sees it', submit: 'Save', words: body, mayRestore: false,
    intro: [{ kind: 'client_text', to: 'a client', text: seen.body, segments: seen.segments }, ...seen.notes.map((note) => ({ kind: 'notice' as const, text: note })), { kind: 'small', text: `Sample names, ${saySegments(seen.segments)} for each text. Altered words are shown once more before they are kept.` }],
  })
}

function form({ press: { action }, room, ref, words: value, mayRestore, ...shape }: { press: Press; room: CardRoom; ref: string[]; words: string; mayRestore: boolean } & Pick<Form, 'title' | 'submit' | 'intro'>): PressAnswer {
  return { kind: 'form', form: {
    action, token: room.tokens.make({ action, ref }), ...shape,
    fields: [
      { name: 'body', kind: 'text', lines: 'many', max: 1_000, label: 'The words', value },
      ...(mayRestore ? [{ name: 'after', kind: 'choice' as const, label: 'And then', options: [{ value: 'preview', label: 'Show me how a client sees it' }, { value: 'restore', label: 'Back to the shipped words' }], value: 'preview' }] : []),
    ],
  } }
}
