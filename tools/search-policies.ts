import { z } from 'zod'
import type { PolicyAnswer } from '../src/agent/tool-results.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function searchPolicies(deps: ToolDeps) {
  return defineTool({
    name: 'search_policies',
    description: 'What the salon\'s own policies say about a question: lateness, deposits, refunds, children, patch tests and so on. The only source for policy: never answer one from memory, and cite the section. When it answers "the policy does not say", say exactly that. Health questions that it does not answer go to a person.',
    effect: 'read',
    schema: z.object({ question: z.string().min(2).max(500).describe('The question in a full sentence') }),
    doing: 'reading the policies',
    withoutBook: true,
    run: ({ question }): Promise<PolicyAnswer> => deps.policies.answer(question),
    say({ answer, citations }) {
      return citations.length === 0 ? answer : `${answer}\nFrom ${[...new Set(citations.map(({ title, file }) => `"${title}" (${file})`))].join(', ')}.`
    },
  })
}
