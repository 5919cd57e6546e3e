import Handlebars from 'handlebars';
import { inKeyOrder } from '../model/canonical.ts';
import { InvalidInput } from '../model/error.ts';
import { checkTemplate, parseTemplate, type Template, type Variables } from './check-template.ts';
import { quoting } from './quote.ts';
import { Unquotable } from './unquotable.ts';

/** A template file, read by the catalog's owner: rendering itself touches no file. */
export interface TemplateText {
  /** Path for messages. */
  file: string;
  text: string;
}

export interface Rendered {
  /** The Containerfile. Equal input gives equal bytes. */
  text: string;
  /** Dotted paths of the variables that the template names. */
  used: ReadonlySet<string>;
  /** Version of each Debian package that the text pins. */
  packages: Readonly<Record<string, string>>;
}

/**
 * Renders Containerfiles from one set of templates.
 * @param templates by layer kind.
 * @param partials by name.
 */
export class Renderer {
  readonly #handlebars = Handlebars.create();
  readonly #templates: ReadonlyMap<string, Template>;
  readonly #partials: ReadonlyMap<string, Template>;
  /** By kind, those that were rendered before: compiling takes longer than rendering. */
  readonly #compiled = new Map<string, Handlebars.TemplateDelegate>();

  constructor(templates: ReadonlyMap<string, TemplateText>, partials: ReadonlyMap<string, TemplateText>) {
    const parse = (texts: ReadonlyMap<string, TemplateText>) =>
      new Map(
        [...texts].map(
          ([name, { file, text }]) => [name, parseTemplate(this.#handlebars, file, text)] as const,
        ),
      );
    this.#templates = parse(templates);
    this.#partials = parse(partials);
    for (const [name, helper] of Object.entries(quoting)) {
      this.#handlebars.registerHelper(name, placed(helper as (...values: unknown[]) => string));
    }
    this.#handlebars.registerHelper('debs', (names: unknown, versions: unknown, options) => {
      const { pinned } = options.data as { pinned: Map<string, string> };
      return placed((...values: unknown[]) => quoting.debs(values[0], values[1], pinned))(
        names,
        versions,
        options,
      );
    });
    this.#handlebars.registerHelper('eq', (left: unknown, right: unknown) => left === right);
    for (const [name, { program }] of this.#partials) {
      this.#handlebars.registerPartial(name, this.#handlebars.compile(program, { noEscape: true }));
    }
  }

  /** @throws InvalidInput with file:line:column for unknown variables, raw interpolation and values that can't be quoted. */
  render(kind: string, variables: Variables): Rendered {
    const template = this.#templates.get(kind);
    if (!template) throw new InvalidInput({ what: `there is no template for layers of kind ${kind}` });
    const used = checkTemplate(template, this.#partials, variables);
    // noEscape: a Containerfile is not HTML; the quoting helpers do what is right for each place.
    const compiled =
      this.#compiled.get(kind) ?? this.#handlebars.compile(template.program, { noEscape: true });
    this.#compiled.set(kind, compiled);
    const pinned = new Map<string, string>();
    const text = tidy(compiled(inKeyOrder(variables), { data: { pinned } }));
    return { text, used, packages: Object.fromEntries(pinned) };
  }
}

/** A helper whose refusal names the place in the template. Handlebars hands its options, with the place, as last argument. */
function placed(helper: (...values: unknown[]) => string) {
  return (...given: unknown[]): string => {
    const values = given.slice(0, -1);
    try {
      return helper(...values);
    } catch (cause) {
      if (!(cause instanceof Unquotable)) throw cause;
      const { loc } = given.at(-1) as { loc: hbs.AST.SourceLocation };
      throw new InvalidInput({
        what: `the value ${values.map((value) => JSON.stringify(value)).join(', ')} ${cause.message}`,
        where: { file: loc.source, line: loc.start.line, column: loc.start.column + 1 },
        next: 'Correct the value where it comes from (image.yaml, a flag, upstream); it is not written into a Containerfile.',
        cause,
      });
    }
  };
}

/** Blocks leave empty lines behind: at most one in a row stays, none at the start or end. */
function tidy(text: string): string {
  return `${text
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
