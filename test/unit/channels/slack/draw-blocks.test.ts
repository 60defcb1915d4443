import { expect, test } from 'vitest'
import type { View } from '../../../../src/channels/cards/card.ts'
import { renderForm } from '../../../../src/channels/slack/blocks/render-form.ts'
import { renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { drawMessages, drawModal } from '../../../support/draw-blocks.ts'

const hostile = '<script>document.title="broken"</script><img src=x onerror=alert(1)> & "quotes" \'too\''
const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const view: View = {
  subject: 'proposal:P-1', summary: 'Move Dana', cards: [{
    subject: 'proposal:P-1', title: 'Move Dana Reyes', tone: 'waiting',
    parts: [
      { kind: 'day_picture', locationId: 'pearl', date: '2026-11-18', alt: 'The day' },
      { kind: 'changes', rows: [{ label: 'When', before: 'Thursday', after: 'Friday' }] },
      { kind: 'policy', quote: 'Free of charge.', title: 'Moving', file: 'rescheduling.md' },
      { kind: 'words', label: 'Note', text: hostile },
      { kind: 'list', label: 'Free', items: ['9 am', '10 am'] },
      { kind: 'fold', label: 'Script', text: 'Hi Dana' },
      { kind: 'small', text: 'P-1' },
    ],
    buttons: [{ action: 'approve', token: 't', label: 'Approve', style: 'primary' }, { action: 'reject', token: 't', label: 'Reject', style: 'danger' }],
  }],
}
const page = () => drawMessages({ messages: [{ blocks: renderView(view, { findPicture: () => 'F1' }).blocks, pictures: { F1: pixel }, author: hostile }] })

test('every block of a card of ours is drawn, and nothing that is typed becomes markup', () => {
  const html = page()
  for (const text of ['Move Dana Reyes', 'Thursday → Friday'.split(' ')[0], 'Free of charge.', '9 am', 'Hi Dana', 'Approve', 'Reject', pixel]) expect(html).toContain(text)
  expect(html).not.toMatch(/<script|<img src=x|not drawn here/)
  expect(html.match(/<img /g)).toHaveLength(1)
  expect(html).toContain("default-src 'none'")
})

test('a dialog is drawn with its fields; a picture that was not handed over and a block of another kind are named', () => {
  const html = drawModal({ view: renderForm({ action: 'edit', token: 't', title: 'Edit', submit: 'Save', intro: [], fields: [{ name: 'reason', label: 'Reason', kind: 'text', lines: 'many', max: 200, value: hostile }, { name: 'day', label: 'Day', kind: 'date', value: '2026-11-18' }, { name: 'who', label: 'Who', kind: 'choice', options: [{ value: 'a', label: 'Ana' }], value: 'a' }] }, '') })
  expect(html).toMatch(/Reason[\s\S]*2026-11-18[\s\S]*Ana[\s\S]*Cancel[\s\S]*Save/)
  expect(html).not.toContain('<script')
  const other = drawMessages({ messages: [{ blocks: [{ type: 'image', image_url: 'https://example.com/x.png', alt_text: 'away' }, { type: 'video' }, { type: '<b>' }] }] })
  expect(other).not.toContain('example.com')
  expect(other).toMatch(/away[\s\S]*\[video: not drawn here\][\s\S]*\[&#60;b&#62;: not drawn here\]/)
})
