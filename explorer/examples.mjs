// Takes the example files apart. A file is one role: its first line is the title: the role, and what it does; a blank line separates that from the
// operations, and the comment right above an operation is its title (first line) and its explanation (further lines).
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Kind, parse } from 'graphql';

const FIRST = ['everyone', 'student', 'teacher', 'developer', 'applicant', 'handler', 'recruiter']; // the order of a first visit; others follow by name

export async function readExamples(folder) {
  const names = (await readdir(folder)).filter((file) => file.endsWith('.graphql')).map((file) => path.basename(file, '.graphql'));
  const rank = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return Promise.all(names.map(async (name) => ({ name, ...split(name, await readFile(path.join(folder, `${name}.graphql`), 'utf8')) })));
}

function split(name, text) {
  const title = /^# *(.+)/.exec(text)?.[1] ?? complain(name, 'the first line has to be a comment: the title');
  let end = 0;
  const operations = parse(text).definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || !definition.name) complain(name, 'an example is a named operation');
    const comment = text.slice(end, definition.loc.start).trimEnd().split(/\n\s*\n/).at(-1);
    const lines = comment.split('\n').map((line) => line.replace(/^#\s?/, '').trim());
    if (!lines[0] || end + comment.length === 0) complain(name, `${definition.name.value} has no comment above it`);
    const source = text.slice(definition.loc.start, definition.loc.end);
    end = definition.loc.end;
    return { title: lines[0], hint: lines.slice(1).join(' '), kind: definition.operation, text: `# ${lines[0]}\n${source}\n` };
  });
  return { title: /^(.+?)(?:[:,] (.+))?$/.exec(title).slice(1), operations };
}

function complain(name, problem) {
  throw new Error(`examples/${name}.graphql: ${problem}`);
}
