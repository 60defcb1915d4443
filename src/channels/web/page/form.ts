import { type ComponentChild, h } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { countSegments } from '../../../salon/gsm-text.ts'
import type { Field, Form } from '../../cards/card.ts'
import { saySegments } from '../../cards/say-segments.ts'
import { Refused, valuesOf, wordsFor } from './api.ts'
import { newRequestId } from './desk.ts'
import { PartView } from './parts.ts'
import { press } from './press.ts'

/** A form of a card, in the dialog. It stays open until the desk is content with it. */
export function FormView({ form, close }: { form: Form; close: () => void }): ComponentChild {
  const element = useRef<HTMLFormElement>(null)
  const lost = useRef<{ requestId: string; values: string }>(undefined)
  const [busy, setBusy] = useState(false)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<string>()

  useEffect(() => { element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus() }, [errors])

  const send = async (): Promise<void> => {
    if (busy || element.current === null) return
    const values = valuesOf(element.current)
    const written = JSON.stringify(values)
    // What was sent and not answered is the same request when it is sent again; anything else is a new one.
    const requestId = lost.current?.values === written ? lost.current.requestId : newRequestId()
    setBusy(true)
    setErrors({})
    setProblem(undefined)
    try {
      const answer = await press({ action: form.action, token: form.token, values, requestId })
      lost.current = undefined
      if (answer.kind === 'wrong') setErrors(answer.errors)
    } catch (error) {
      lost.current = error instanceof Refused ? undefined : { requestId, values: written }
      setProblem(wordsFor(error))
    }
    setBusy(false)
  }

  const elsewhere = Object.entries(errors).filter(([name]) => !form.fields.some((field) => field.name === name))
  return h('form', { ref: element, noValidate: true, onSubmit: (event: Event) => { event.preventDefault(); void send() } },
    form.intro.map((part, at) => h(PartView, { key: at, part })),
    form.fields.map((field, at) => h(FieldView, { key: field.name, field, error: errors[field.name], isFirst: at === 0 })),
    (problem !== undefined || elsewhere.length > 0) && h('p', { class: 'problem', role: 'alert' }, [problem, ...elsewhere.map(([, words]) => words)].filter(Boolean).join(' ')),
    h('div', { class: 'buttons' },
      h('button', { type: 'submit', class: 'primary', 'aria-disabled': busy ? 'true' : undefined }, busy ? 'One moment…' : lost.current === undefined ? form.submit : 'Try again'),
      h('button', { type: 'button', onClick: close }, 'Back')))
}

function FieldView({ field, error, isFirst }: { field: Field; error: string | undefined; isFirst: boolean }): ComponentChild {
  const id = `field-${field.name}`
  const described = [field.hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ')
  const common = { id, name: field.name, autofocus: isFirst, 'aria-invalid': error === undefined ? undefined : 'true' as const, 'aria-describedby': described === '' ? undefined : described, required: field.optional !== true }
  return h('div', { class: 'field' },
    h('label', { for: id }, field.label, field.optional === true && h('span', { class: 'small' }, ' (if you like)')),
    field.hint !== undefined && h('p', { class: 'small', id: `${id}-hint` }, field.hint),
    input(field, common),
    error !== undefined && h('p', { class: 'problem', id: `${id}-error` }, error))
}

function input(field: Field, common: Record<string, unknown>): ComponentChild {
  switch (field.kind) {
    case 'text':
      if (field.isSms === true) return h(SmsInput, { field, common })
      return field.lines === 'many'
        ? h('textarea', { ...common, rows: 4, maxLength: field.max, defaultValue: field.value ?? '' })
        : h('input', { ...common, type: 'text', maxLength: field.max, defaultValue: field.value ?? '' })
    case 'choice':
      return h('select', common, field.options.map(({ value, label }) => h('option', { key: value, value, selected: value === field.value }, label)))
    case 'date':
      return h('input', { ...common, type: 'date', defaultValue: field.value ?? '' })
    case 'time':
      return h('input', { ...common, type: 'time', defaultValue: field.value ?? '' })
    case 'number': // below
  }
  return h('input', { ...common, type: 'number', min: field.min, max: field.max, step: field.step ?? 1, defaultValue: field.value ?? '' })
}

/** Words that go out as a text: what they cost is counted while they are written. Read out when the writing pauses. */
function SmsInput({ field, common }: { field: Extract<Field, { kind: 'text' }>; common: Record<string, unknown> }): ComponentChild {
  const [words, setWords] = useState(field.value ?? '')
  const { segments, encoding } = countSegments(words.trim())
  return h('div', { class: 'sms' },
    h('textarea', { ...common, rows: 5, maxLength: field.max, defaultValue: field.value ?? '', onInput: (event: Event) => setWords((event.target as HTMLTextAreaElement).value) }),
    h('p', { class: 'small', role: 'status' }, words.trim() === '' ? 'Nothing written yet.' : `${Array.from(words.trim()).length} characters · ${saySegments(segments)}${encoding === 'UCS-2' ? ' · holds an emoji or an accent that plain SMS lack' : ''}`))
}
