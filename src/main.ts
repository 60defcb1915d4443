#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Must come before the rest is loaded: each later command starts from code that is already stripped and compiled (a quarter sooner).
// It is kept beside the installed packages, where nobody else may write; where the desk may not either, it starts as if there were none.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/desk'))
const { runDesk } = await import('./channels/terminal/desk-command.ts')
const { processTerminal } = await import('./channels/terminal/terminal.ts')

process.exitCode = await runDesk({ argv: process.argv.slice(2), terminal: processTerminal() })
