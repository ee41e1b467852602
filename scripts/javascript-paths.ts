import ts from 'typescript';

/**
 * Names modules as they will be named once compiled, `./x.ts` -> `./x.js`, in two places that the compiler leaves alone:
 * `new URL('./x.ts', import.meta.url)`, by which worker threads and child processes are named, and `import('./x.ts')`
 * in a function whose `using` it lowers (TypeScript 6.0).
 */
export const javascriptPaths: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(node, visit, context);
    if (isModuleUrl(visited)) {
      return factory.updateNewExpression(visited, visited.expression, undefined, renamed(visited.arguments));
    }
    if (isDynamicImport(visited)) {
      return factory.updateCallExpression(visited, visited.expression, undefined, renamed(visited.arguments));
    }
    return visited;
  };
  const renamed = ([path, ...rest]: readonly ts.Expression[]): ts.Expression[] =>
    path && isModulePath(path)
      ? [factory.createStringLiteral(path.text.replace(/\.ts$/, '.js'), true), ...rest]
      : [...(path ? [path] : []), ...rest];
  return ts.visitEachChild(file, visit, context);
};

type WithArguments<T> = T & { readonly arguments: ts.NodeArray<ts.Expression> };

function isModuleUrl(node: ts.Node): node is WithArguments<ts.NewExpression> {
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return false;
  const base = node.arguments?.[1];
  return node.expression.text === 'URL' && base !== undefined && isImportMetaUrl(base);
}

function isDynamicImport(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
}

function isImportMetaUrl(node: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) && node.name.text === 'url' && ts.isMetaProperty(node.expression)
  );
}

function isModulePath(node: ts.Expression): node is ts.StringLiteral {
  return ts.isStringLiteral(node) && /^\.\.?\/.*\.ts$/.test(node.text);
}
