import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { Box, useTheme, type Theme } from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { styleNonce } from '../style-nonce.ts';
import { monospace } from '../theme.ts';
import { completionBy } from './completion.ts';
import type { Schema } from './schema-help.ts';

export interface LineFinding {
  line: number;
  words: string;
}

/**
 * A text of YAML with numbers, colours, completion by the schema and findings at their lines. Tab is not taken: it leaves the
 * editor like any field (WCAG 2.1.2); Ctrl-] and Ctrl-[ indent.
 */
export function CodeEditor(props: {
  begin: string;
  label: string;
  describedBy: string;
  schema: Schema | undefined;
  findings: readonly LineFinding[];
  onChange: (text: string) => void;
  onCursor: (offset: number) => void;
}) {
  const { begin, label, describedBy, schema, findings } = props;
  const theme = useTheme();
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<EditorView>();
  const [parts] = useState(() => ({ look: new Compartment(), completion: new Compartment() }));
  const told = useRef(props);
  useEffect(() => {
    told.current = props;
  });

  useEffect(() => {
    const parent = host.current;
    if (!parent) return undefined;
    const { look, completion } = parts;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: begin,
        extensions: [
          EditorView.cspNonce.of(styleNonce),
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightSelectionMatches(),
          EditorView.lineWrapping,
          yaml(),
          keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': describedBy, spellcheck: 'false', tabindex: '0' }),
          look.of([]),
          completion.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current.onChange(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) told.current.onCursor(update.state.selection.main.head);
          }),
        ],
      }),
    });
    setView(editor);
    return () => editor.destroy();
  }, [begin, label, describedBy, parts]);

  useEffect(() => view?.dispatch({ effects: parts.look.reconfigure(lookOf(theme)) }), [view, parts, theme]);
  useEffect(() => {
    if (!schema) return;
    const offers = autocompletion({ override: [completionBy(schema)], icons: false });
    view?.dispatch({ effects: parts.completion.reconfigure(offers) });
  }, [view, parts, schema]);
  useEffect(() => {
    if (!view) return;
    const { doc } = view.state;
    const diagnostics = findings.map(({ line, words }) => {
      const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      return { from, to, severity: 'error' as const, message: words };
    });
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }, [view, findings]);

  return <Box ref={host} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'hidden' }} />;
}

function lookOf({ palette }: Theme): Extension {
  const colours = HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: palette.primary.main, fontWeight: '600' },
    { tag: [tags.string, tags.content, tags.attributeValue], color: palette.text.primary },
    { tag: [tags.keyword, tags.bool, tags.number, tags.literal], color: palette.success.main },
    { tag: tags.comment, color: palette.text.secondary, fontStyle: 'italic' },
    { tag: [tags.punctuation, tags.separator, tags.bracket], color: palette.text.secondary },
  ]);
  const theme = EditorView.theme(
    {
      '&': { backgroundColor: palette.background.paper, color: palette.text.primary, fontSize: '0.8125rem', height: '32rem' },
      '&.cm-focused': { outline: `3px solid ${palette.primary.main}`, outlineOffset: '-3px' },
      '.cm-scroller': { fontFamily: monospace, lineHeight: '1.55', overflow: 'auto' },
      '.cm-content': { caretColor: palette.text.primary },
      '.cm-cursor': { borderLeftColor: palette.text.primary },
      '.cm-gutters': {
        backgroundColor: palette.background.default,
        color: palette.text.secondary,
        borderRight: `1px solid ${palette.divider}`,
      },
      '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: palette.action.hover },
      '.cm-tooltip': { backgroundColor: palette.background.paper, color: palette.text.primary, border: `1px solid ${palette.divider}` },
      '.cm-panels': { backgroundColor: palette.background.default, color: palette.text.primary },
    },
    { dark: palette.mode === 'dark' },
  );
  return [theme, syntaxHighlighting(colours)];
}
