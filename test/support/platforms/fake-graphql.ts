/**
 * Enough of GraphQL to be strict with a client: documents of one operation with variables, aliases, arguments and inline
 * fragments. A field, argument, variable or input key that the schema does not have is refused, and an answer holds
 * only what was asked for.
 */
export type GraphSchema = {
  /** Type by type, what each field is: the name of a type, or a scalar (any name that is no type). Lists are written like single things. */
  types: Record<string, Record<string, string>>
  /** What variables of these types may hold; a `!` after the type says it must be there. */
  inputs: Record<string, Record<string, string>>
  query: Record<string, RootField>
  mutation: Record<string, RootField>
}
type RootField = { type: string; args: Record<string, string>; resolve: (args: Record<string, unknown>) => unknown }

/** Thrown by a resolver: an error in `errors[]` of an answer 200. */
export class GraphFault extends Error {
  readonly code: string | undefined
  constructor(code: string | undefined, message: string) {
    super(message)
    this.code = code
  }
}

type Selection = { alias: string; name: string; args: Record<string, Argument>; on?: string; selections: Selection[] }
type Argument = { variable: string } | { value: unknown }
type Operation = { kind: 'query' | 'mutation'; variables: Record<string, string>; selections: Selection[] }

export function runGraph(schema: GraphSchema, { query, variables = {} }: { query: string; variables?: Record<string, unknown> }): { data: Record<string, unknown> | null; errors?: { message: string; extensions?: { code: string } }[] } {
  try {
    const operation = parseDocument(query)
    for (const [name, type] of Object.entries(operation.variables)) checkInput(schema, type, variables[name], `$${name}`)
    for (const name of Object.keys(variables)) if (variables[name] !== undefined && operation.variables[name] === undefined) throw invalid(`variable $${name} is not defined`)
    const data: Record<string, unknown> = {}
    for (const { alias, name, args, selections } of operation.selections) {
      const field = schema[operation.kind][name]
      if (field === undefined) throw invalid(`Cannot query field "${name}" on the root of a ${operation.kind}`)
      const given: Record<string, unknown> = {}
      for (const [arg, argument] of Object.entries(args)) {
        const type = field.args[arg]
        if (type === undefined) throw invalid(`Unknown argument "${arg}" on field "${name}"`)
        if ('variable' in argument) {
          const declared = operation.variables[argument.variable]
          if (declared?.replace('!', '') !== type.replace('!', '') || (type.endsWith('!') && !declared.endsWith('!'))) throw invalid(`Variable $${argument.variable} of type "${declared}" used in position expecting type "${type}"`)
          given[arg] = variables[argument.variable]
        } else given[arg] = argument.value
      }
      for (const [arg, type] of Object.entries(field.args)) if (type.endsWith('!') && (given[arg] ?? undefined) === undefined) throw invalid(`Argument "${arg}" of "${name}" is required`)
      data[alias] = project(schema, field.type, field.resolve(given), selections, variables)
    }
    return { data }
  } catch (error) {
    if (error instanceof GraphFault) return { data: null, errors: [{ message: error.message, ...(error.code !== undefined && { extensions: { code: error.code } }) }] }
    throw error
  }
}

function project(schema: GraphSchema, type: string, value: unknown, selections: Selection[], variables: Record<string, unknown>): unknown {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map((one) => project(schema, type, one, selections, variables))
  const fields = schema.types[type]
  if (fields === undefined) {
    if (selections.length > 0) throw invalid(`"${type}" has no fields`)
    return value
  }
  if (selections.length === 0) throw invalid(`Field of type "${type}" must have a selection of subfields`)
  const { __typename: typeName, ...from } = value as Record<string, unknown>
  const found: Record<string, unknown> = {}
  for (const { alias, name, args, on, selections: inner } of selections) {
    if (on !== undefined) {
      if (schema.types[on] === undefined) throw invalid(`Unknown type "${on}"`)
      if (typeName === on) Object.assign(found, project(schema, on, value, inner, variables))
      continue
    }
    const inside = fields[name]
    if (inside === undefined) throw invalid(`Cannot query field "${name}" on type "${type}"`)
    const given = Object.fromEntries(Object.entries(args).map(([arg, argument]) => [arg, 'variable' in argument ? variables[argument.variable] : argument.value]))
    const held = from[name]
    found[alias] = project(schema, inside, typeof held === 'function' ? (held as (given: Record<string, unknown>) => unknown)(given) : held, inner, variables)
  }
  return found
}

function checkInput(schema: GraphSchema, type: string, value: unknown, where: string): void {
  if (value === undefined || value === null) {
    if (type.endsWith('!')) throw invalid(`${where} of type "${type}" is required and was not provided`)
    return
  }
  const keys = schema.inputs[type.replace('!', '')]
  if (keys === undefined) return
  if (typeof value !== 'object') throw invalid(`${where} expected an object`)
  for (const key of Object.keys(value)) if (keys[key] === undefined) throw invalid(`${where} got invalid value: field "${key}" is not defined by type ${type}`)
  for (const [key, inner] of Object.entries(keys)) checkInput(schema, inner, (value as Record<string, unknown>)[key], `${where}.${key}`)
}

function invalid(message: string): GraphFault {
  return new GraphFault('GRAPHQL_VALIDATION_FAILED', message)
}

function parseDocument(text: string): Operation {
  const tokens = text.match(/\.\.\.|"(?:[^"\\]|\\.)*"|[{}()[\]:,!$=@]|[^\s{}()[\]:,!$=@]+/g) ?? []
  let at = 0
  const peek = () => tokens[at]
  const take = (wanted?: string) => {
    const token = tokens[at++]
    if (token === undefined || (wanted !== undefined && token !== wanted)) throw invalid(`Syntax error: expected ${wanted ?? 'more'}, found ${token ?? 'the end'}`)
    return token
  }
  const kind = take()
  if (kind !== 'query' && kind !== 'mutation') throw invalid(`Syntax error: unexpected ${kind}`)
  if (peek() !== '(' && peek() !== '{') take()
  const variables: Record<string, string> = {}
  if (peek() === '(') {
    take('(')
    while (peek() !== ')') {
      take('$')
      const name = take()
      take(':')
      let type = take()
      if (peek() === '!') type += take()
      variables[name] = type
      if (peek() === ',') take()
    }
    take(')')
  }
  const selectionsOf = (): Selection[] => {
    const selections: Selection[] = []
    take('{')
    while (peek() !== '}') {
      if (peek() === '...') {
        take()
        take('on')
        const on = take()
        selections.push({ alias: '', name: '', args: {}, on, selections: selectionsOf() })
        continue
      }
      let name = take()
      const alias = name
      if (peek() === ':') {
        take()
        name = take()
      }
      const args: Record<string, Argument> = {}
      if (peek() === '(') {
        take()
        while (peek() !== ')') {
          const arg = take()
          take(':')
          const value = take()
          args[arg] = value === '$' ? { variable: take() } : { value: JSON.parse(value) as unknown }
          if (peek() === ',') take()
        }
        take(')')
      }
      selections.push({ alias, name, args, selections: peek() === '{' ? selectionsOf() : [] })
    }
    take('}')
    return selections
  }
  const selections = selectionsOf()
  if (at < tokens.length) throw invalid('Syntax error: one operation is expected')
  return { kind, variables, selections }
}
