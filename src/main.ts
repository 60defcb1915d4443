#!/usr/bin/env node
import { runDesk } from './channels/terminal/desk-command.ts'
import { processTerminal } from './channels/terminal/terminal.ts'

process.exitCode = await runDesk({ argv: process.argv.slice(2), terminal: processTerminal() })
