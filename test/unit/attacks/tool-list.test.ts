import { expect, test } from 'vitest'
import { deskTools } from '../../../tools/index.ts'
import type { ToolDeps } from '../../../tools/tool.ts'

/** Nothing here is called: the list and what each tool says of itself is what is held. */
const tools = deskTools({} as ToolDeps)

test('LLM-4: no tool is for modes, roles, consent, the audit log, approvals, the pause, templates or settings', () => {
  expect(tools.length).toBeGreaterThan(15)
  for (const { name, effect, schema } of tools) {
    expect(name, name).not.toMatch(/mode|role|rollout|consent|opt|audit|approve|decide|reject|undo|pause|resume|setting|template|limit|sms|send|call_number|dial|remember|memory|erase|export|import/)
    expect(['read', 'propose', 'record'], name).toContain(effect)
    // LLM-1, LLM-2: who gets a text, where it leads and what it costs are not for a model to say.
    if (effect !== 'read') expect(Object.keys(schema.shape), name).not.toEqual(expect.arrayContaining([expect.stringMatching(/phone|number|email|url|link|price|discount|role|mode|consent|approved|recipient/i)]))
  }
})

test('LLM-4: the only tool that writes without a card notes a call that the team says it made', () => {
  expect(tools.filter(({ effect }) => effect === 'record').map(({ name }) => name)).toEqual(['record_outcome'])
})
