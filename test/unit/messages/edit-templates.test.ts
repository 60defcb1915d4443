import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkWording } from '../../../src/messages/words/check-wording.ts'
import { type EditTemplates, editTemplates } from '../../../src/messages/words/edit-templates.ts'
import { loadTemplates } from '../../../src/messages/words/templates.ts'
import type { Language } from '../../../src/salon/say-value.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { approve, bookWith, type MessagesDesk, openMessagesDesk, proposeMove } from './messages-desk.ts'

const templates = await loadTemplates()
const own = '{{salon}} here, hi{{client}}! Your {{services}}{{staff}} is now {{when}}. Reply YES to confirm or STOP to opt out.'

describe('the salon\'s own wording', () => {
  let desk: MessagesDesk
  let edit: EditTemplates
  beforeEach(async () => {
    desk = await openMessagesDesk({ book: bookWith('hana', { language: 'es-MX' }) })
    edit = editTemplates({ ...desk, templates, publicUrl: 'https://tiny.example' })
  })
  afterEach(() => desk.store.close())

  const save = (body: string | null, { language = 'en', by = olga }: { language?: Language; by?: typeof olga } = {}) => edit.save({ template: 'moved', language, body, by })
  const bodyOf = async (id: string, time: string) => {
    const { message } = (await proposeMove(desk, { id, time })).facts
    return message?.kind === 'text' ? message.body : message?.why
  }

  test('is what clients get from then on, each in their language, and goes back to the shipped one', async () => {
    await save(own)
    expect(await bodyOf('b-cut', '11:00')).toBe("Tiny Salon here, hi Dana! Your women's cut with Bea is now Tuesday 24 November at 11:00 am. Reply YES to confirm or STOP to opt out.")
    expect(await bodyOf('c-friday', '14:00')).toBe("Hola Hana, le escribe Tiny Salon. Hemos cambiado su reserva (women's cut con Cruz) al martes 24 de noviembre a las 2:00 pm. Responda SI para confirmar o STOP para darse de baja.")
    expect((await edit.list()).find(({ template, language }) => template === 'moved' && language === 'en')).toMatchObject({ own, inputs: ['client', 'salon', 'services', 'staff', 'when'] })
    await save(null)
    expect(await bodyOf('a-cut', '15:00')).toContain("Hi Elena, it's Tiny Salon. We've moved")
    expect(await desk.store.db.selectFrom('audit').select(['actor', 'action']).where('subject', '=', 'template:en/moved').orderBy('seq').execute()).toEqual([{ actor: olga.id, action: 'template.changed' }, { actor: olga.id, action: 'template.restored' }])
  })

  test('F37: changes nothing that was approved before: that goes out byte for byte', async () => {
    const proposal = await proposeMove(desk)
    await approve(desk, proposal)
    await save(own)
    await desk.messages.deliver()
    expect(desk.phones.sent.map(({ body }) => body)).toEqual([proposal.facts.message?.kind === 'text' ? proposal.facts.message.body : ''])
  })

  test('is a manager\'s to change, and only where the words are not given', async () => {
    await expect(save(own, { by: maya })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(edit.save({ template: 'opted-out', language: 'en', body: '{{salon}} bye', by: olga })).rejects.toMatchObject({ code: 'not_found' })
    await expect(edit.save({ template: 'nothing', language: 'en', body: 'x', by: olga })).rejects.toMatchObject({ code: 'not_found' })
    await expect(save('Hi{{client}}')).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'body' } })
    expect(await desk.store.db.selectFrom('text_templates').selectAll().execute()).toEqual([])
  })

  test('is shown with usual names, its length, and what is wrong with it', () => {
    const preview = (body: string) => edit.preview({ template: 'moved', language: 'en', body })
    expect(preview(own)).toMatchObject({ segments: 2, encoding: 'GSM-7', problems: [], notes: [] })
    expect(preview(own).body).toBe('Juniper & Sage, Pearl District here, hi Alexandria! Your balayage and root melt with Maya is now Friday 20 November at 3:00 pm. Reply YES to confirm or STOP to opt out.')
    expect(preview(`${own} 💇 Sí`).notes).toEqual(['Plain SMS lack "💇", "í": they go out as the nearest plain letters, or not at all.'])
    expect(preview(`${own} ${'Come a little early, please. '.repeat(6)}`).problems).toEqual(['With usual names it is 3 SMS long; two are the most.'])
  })
})

describe('a wording', () => {
  const shipped = 'Hi{{client}}, it\'s {{salon}}. STOP to opt out.'
  const problems = (body: string, language: Language = 'en') => checkWording({ body, language, shipped: language === 'en' ? shipped : '', inputs: ['client', 'salon'], publicUrl: 'https://tiny.example' })
  const fine = 'Hello{{client}}, {{salon}} here. STOP to opt out.'

  test('holds exactly what is known', () => {
    expect(problems(fine)).toEqual([])
    expect(problems('Hello, {{salon}} here. STOP to opt out.')).toEqual(['It must also hold {{client}}.'])
    expect(problems(`${fine} {{phone}} {{price}}`)).toEqual(['It may not hold {{phone}} and {{price}}: nothing is known to put there.'])
    expect(problems(`${fine} {{when`)).toEqual(['A placeholder is not closed: write {{name}}.'])
    expect(problems('')).toContain('It has no words.')
    expect(problems(`${fine}${'x'.repeat(400)}`)).toContain('It is longer than 400 characters.')
    expect(problems(`${fine}\u202e`)).toEqual(['It holds characters that cannot be seen.'])
  })

  test('keeps the way out', () => {
    expect(problems('Hello{{client}}, {{salon}} here.')).toEqual(['It must say "STOP to opt out.", as the law wants it.'])
  })

  test.each([
    ['Reply CANCEL to cancel.', 'CANCEL'], ['Text END if you are done.', 'END'], ['Answer "quit" to skip.', 'QUIT'], ['Reply YES, or STOP to skip.', 'STOP'], ['To change it, reply with cancel.', 'CANCEL'], ['UNSUBSCRIBE any time.', 'UNSUBSCRIBE'],
  ])('TWI-5: %s', (more, word) => {
    expect(problems(`${fine} ${more}`)).toEqual([expect.stringContaining(`answers ${word} gets no more texts`)])
  })

  test.each([['Responda CANCELAR si no viene.', 'CANCELAR'], ['Escriba "alto" para saltar.', 'ALTO'], ['Envíe BAJA.', 'BAJA']])('TWI-5 in Spanish: %s', (more, word) => {
    expect(problems(`Hola{{client}}, {{salon}}. ${more}`, 'es')).toEqual([expect.stringContaining(`answers ${word} gets`)])
  })

  test.each([['Répondez ANNULER pour annuler.', 'ANNULER'], ['Envoyez « arrêt » pour sauter.', 'ARRET']])('TWI-5 in French: %s', (more, word) => {
    expect(problems(`Bonjour{{client}}, {{salon}}. ${more}`, 'fr')).toEqual([expect.stringContaining(`answers ${word} gets`)])
  })

  test('may speak of cancelling, and links only to the salon', () => {
    expect(problems(`${fine} We have cancelled your visit. To cancel, call us. Reply YES.`)).toEqual([])
    expect(problems(`${fine} https://tiny.example/prices`)).toEqual([])
    expect(problems(`${fine} http://tiny.example`)).toHaveLength(1)
    expect(problems(`${fine} bit.ly/x1`)).toHaveLength(1)
  })
})
