// Says of each PowerShell file given whether the grammar accepts it, and where it does not. Exit code 1 when one is bad.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Language, Parser } from "web-tree-sitter";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: run FILE.ps1 ...");
  process.exit(2);
}

await Parser.init();
const grammar = createRequire(import.meta.url).resolve("tree-sitter-powershell/package.json").replace("package.json", "tree-sitter-powershell.wasm");
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

// The innermost nodes that are wrong: an error above them says nothing more.
function* mistakes(node) {
  if (node.isError || node.isMissing) yield node;
  else if (node.hasError) for (const child of node.children) yield* mistakes(child);
}

let bad = 0;
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const tree = parser.parse(text);
  for (const node of mistakes(tree.rootNode)) {
    const { row, column } = node.startPosition;
    const what = node.isMissing ? `${node.type} is missing` : `cannot read ${JSON.stringify(node.text.slice(0, 60))}`;
    console.error(`${file}:${row + 1}:${column + 1}: ${what}`);
  }
  if (tree.rootNode.hasError) bad++;
}
console.log(`pscheck: ${files.length} files, ${bad} bad`);
process.exit(bad === 0 ? 0 : 1);
