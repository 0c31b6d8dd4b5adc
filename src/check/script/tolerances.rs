//! What is tolerated in JavaScript and TypeScript.

use crate::check::tolerance::pieces::SEVERAL_SNIPPETS;
use crate::check::tolerance::{ELLIPSIS, PLACEHOLDER, Sample, TEMPLATE, Tolerance};

/// What JavaScript tolerates.
pub(super) static JAVASCRIPT_TOLERANCES: &[&Tolerance] = &[
    &ELLIPSIS,
    &PLACEHOLDER,
    &TEMPLATE,
    &REDECLARATION,
    &FUNCTION_BODY,
    &CLASS_MEMBERS,
    &BARE_OBJECT,
    &JSX_ROOTS,
    &JSX_ATTRIBUTES,
    &SEVERAL_SNIPPETS,
];

/// What TypeScript with JSX tolerates.
pub(super) static TSX_TOLERANCES: &[&Tolerance] = &[
    &ELLIPSIS,
    &PLACEHOLDER,
    &TEMPLATE,
    &REDECLARATION,
    &FUNCTION_BODY,
    &CLASS_MEMBERS,
    &BARE_OBJECT,
    &TYPE_MEMBERS,
    &JSX_ROOTS,
    &JSX_ATTRIBUTES,
    &SEVERAL_SNIPPETS,
];

/// What TypeScript tolerates.
pub(super) static TYPESCRIPT_TOLERANCES: &[&Tolerance] = &[
    &ELLIPSIS,
    &PLACEHOLDER,
    &TEMPLATE,
    &REDECLARATION,
    &FUNCTION_BODY,
    &CLASS_MEMBERS,
    &BARE_OBJECT,
    &TYPE_MEMBERS,
    &JSX_ROOTS,
    &JSX_ATTRIBUTES,
    &SEVERAL_SNIPPETS,
    &JSX_IN_TYPESCRIPT,
];

/// One name twice.
pub(super) static REDECLARATION: Tolerance = Tolerance {
    id: "redeclaration",
    summary: "names are declared again, as in several snippets in one block",
    explanation: "A block that shows two ways to do one thing declares the same name in each. Two blocks would say it better.",
    accepts: Sample { language: "js", code: "const a = 1;\n\n// or\nconst a = 2;" },
    refuses: Sample { language: "js", code: "const a = 1;\n\n// or\nconst a = ;" },
};

/// Statements that need a function around them.
pub(super) static FUNCTION_BODY: Tolerance = Tolerance {
    id: "function-body",
    summary: "a fragment: the body of a function",
    explanation: "`return` outside a function, `continue` outside a loop, `await` in a script, or `case` without its `switch`: what stands in an `async` \
        function elsewhere.",
    accepts: Sample { language: "js", code: "if (!user) {\n  return null;\n}" },
    refuses: Sample { language: "js", code: "if (!user) {\n  return null;\n}}" },
};

/// Methods and fields without their class.
pub(super) static CLASS_MEMBERS: Tolerance = Tolerance {
    id: "class-members",
    summary: "a fragment: members of a class",
    explanation: "Methods and fields without the class around them. A line `class A {` before them costs little.",
    accepts: Sample {
        language: "ts",
        code: "private count = 0;\nnext() {\n  return ++this.count;\n}",
    },
    refuses: Sample {
        language: "ts",
        code: "private count = ;\nnext() {\n  return ++this.count;\n}",
    },
};

/// An object where a statement should be.
pub(super) static BARE_OBJECT: Tolerance = Tolerance {
    id: "bare-object",
    summary: "a fragment: an object, or members of one",
    explanation: "`{ a: 1, b: 2 }` or `a: 1, b: 2` alone: a parser takes the brace for a block. `const options = {…}` says \
        also what it is.",
    accepts: Sample { language: "js", code: "{\n  retries: 3,\n  delay: 100,\n}" },
    refuses: Sample { language: "js", code: "{\n  retries: 3\n  delay: 100,\n}" },
};

/// Members of a type without their type.
pub(super) static TYPE_MEMBERS: Tolerance = Tolerance {
    id: "type-members",
    summary: "a fragment: members of a type",
    explanation: "Signatures and properties without the `interface` around them.",
    accepts: Sample {
        language: "ts",
        code: "get(id: string): Promise<User>;\nreadonly name?: string;",
    },
    refuses: Sample {
        language: "ts",
        code: "get(id: string): Promise<User;\nreadonly name?: string;",
    },
};

/// Elements side by side.
pub(super) static JSX_ROOTS: Tolerance = Tolerance {
    id: "jsx-roots",
    summary: "a fragment: several JSX elements",
    explanation: "Elements side by side without one around them. Text between them is refused: in JSX any text would be fine.",
    accepts: Sample { language: "jsx", code: "<Button />\n<Button disabled />" },
    refuses: Sample { language: "jsx", code: "<Button />\n<Button disabled>" },
};

/// Attributes without their element.
pub(super) static JSX_ATTRIBUTES: Tolerance = Tolerance {
    id: "jsx-attributes",
    summary: "a fragment: attributes of a JSX element",
    explanation: "`onClick={close}` alone, to show what an element gets; each with a value. With the element around it a reader sees \
        where it belongs.",
    accepts: Sample { language: "jsx", code: "className={cn(\n  'card',\n  isOpen && 'open',\n)}" },
    refuses: Sample { language: "jsx", code: "className={cn(\n  'card',\n  isOpen && 'open',\n}" },
};

/// JSX under a label that excludes it.
pub(super) static JSX_IN_TYPESCRIPT: Tolerance = Tolerance {
    id: "jsx-in-typescript",
    summary: "JSX in a block for TypeScript: label the block `tsx`",
    explanation: "The compiler reads JSX only in files that end in `.tsx`, and highlighters go by the label too.",
    accepts: Sample { language: "ts", code: "const App = () => <main>Hello</main>;" },
    refuses: Sample { language: "ts", code: "const App = () => <main>Hello</div>;" },
};
