// Without one input, tsc ends with TS18003 when a book has no TypeScript example.
