#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';
import { goWhereTyped } from './paths.ts';
import { watchStrays } from './strays.ts';
import { watchStreams } from './streams.ts';

watchStreams();
watchStrays();

goWhereTyped();
await runCommandLine(process.argv.slice(2));
