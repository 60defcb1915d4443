import type { DynamicStructuredTool } from '@langchain/core/tools'
import { tool } from 'langchain'
import type { Proposal } from '../approvals/proposal.ts'
import { DeskError, wordsFor } from '../salon/errors.ts'
import type { AgentEvent } from './agent.ts'
import type { DeskTool, ToolContext, ToolFailure, ToolResult } from './desk-tool.ts'
import type { ClientProfile, PolicyAnswer } from './tool-results.ts'

/** What really happened in a turn, whatever a model says about it: filled in by code as tools run. */
export type TurnRecord = {
  toolCalls: { name: string; args: Record<string, unknown> }[]
  proposals: Proposal[]
  /** What code shows beside a language model's words: policy answers, notes, cards; in the order they came. */
  shown: { kind: 'policy' | 'notes' | 'card'; text: string; proposalId?: string; policy?: PolicyAnswer }[]
  /** File and section of every policy quoted in this turn. */
  cited: Set<string>
}

export function emptyRecord(): TurnRecord {
  return { toolCalls: [], proposals: [], shown: [], cited: new Set() }
}

/** The desk's tools as a chat model is given them, bound to this turn's person and recorded. */
export function recordedTools({ tools, context, record, onEvent, warn }: { tools: DeskTool[]; context: ToolContext; record: TurnRecord; onEvent?: ((event: AgentEvent) => void) | undefined; warn: (error: unknown, tool: string) => void }): DynamicStructuredTool[] {
  return tools.map((deskTool) => tool(async (args: Record<string, unknown>) => {
    onEvent?.({ kind: 'status', text: `${deskTool.doing} …` })
    record.toolCalls.push({ name: deskTool.name, args })
    const result = await run(deskTool, args, context, warn)
    if ('error' in result) return [JSON.stringify(result), result]
    note(record, deskTool, result)
    return [JSON.stringify(deskTool.forModel(result)), result]
  }, { name: deskTool.name, description: deskTool.description, schema: deskTool.schema, responseFormat: 'content_and_artifact' }) as unknown as DynamicStructuredTool)
}

async function run(deskTool: DeskTool, args: unknown, context: ToolContext, warn: (error: unknown, tool: string) => void): Promise<ToolResult | ToolFailure> {
  try {
    return await deskTool.run(args, context)
  } catch (error) {
    // A refusal is an answer; anything else goes to the log, and a person and a model read an apology.
    if (!(error instanceof DeskError) || error.code === 'internal' || error.code === 'corrupt') warn(error, deskTool.name)
    return { error: wordsFor(error), code: error instanceof DeskError ? error.code : 'internal' }
  }
}

function note(record: TurnRecord, deskTool: DeskTool, result: ToolResult): void {
  if (deskTool.effect === 'propose') {
    const { proposal } = result as { proposal: Proposal }
    const older = record.proposals.find(({ id, kind, facts }) => id === proposal.id || (kind === proposal.kind && facts.target === proposal.facts.target))
    record.proposals = [...record.proposals.filter((each) => each !== older), proposal]
    record.shown = [...record.shown.filter(({ proposalId }) => proposalId === undefined || proposalId !== older?.id), { kind: 'card', text: deskTool.say(result), proposalId: proposal.id }]
  }
  if (deskTool.name === 'search_policies') {
    record.shown.push({ kind: 'policy', text: deskTool.say(result), policy: result as PolicyAnswer })
    for (const { file, section } of (result as PolicyAnswer).citations) record.cited.add(file).add(section)
  }
  if (deskTool.name === 'client_profile' && (result as ClientProfile).notes.length > 0) record.shown.push({ kind: 'notes', text: deskTool.say(result) })
}
