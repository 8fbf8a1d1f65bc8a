// How the page reads what is typed: what course_utils/text/tokens.py, course_utils/text/vocab.py and
// course_utils/model/translator.py do, in plain JavaScript.
//
//     const read = sentenceReader.open(data);
//     read("Le chat dort.")   // { tokens: ["le", "chat", "dort"], message: "" }
//     read("Le chatt dort.")  // { message: "The model does not know “chatt”, but it knows …" }
const sentenceReader = (() => {
  // A character that Python calls \w; JavaScript's own \w and \b know the letters a to z only.
  const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;
  const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;
  const ELIDED = "(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)";
  const ENTITY = new RegExp(`& ?(#?${WORD}{1,31}) ?;`, "gu"); // "&apos;"
  const NO_CHARACTER = /[\x01-\x08\x0b\x0e-\x1f\x7f\p{Noncharacter_Code_Point}]/gu;
  // Soft hyphens, marks of direction … But a joiner between letters or symbols belongs to the word.
  const INVISIBLE = new RegExp(
    String.raw`[[\p{Cf}\ufe00-\ufe0f\u034f]--[\u200c\u200d]]|` +
    String.raw`(?<![\p{L}\p{M}\p{N}\p{S}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{N}\p{S}])`, "gv");
  // "l ' homme"; but what stands between two marks, the letter 's', is quoted.
  const LOOSE_ELISION = new RegExp(`(?<!(?:^| )')(?<!${WORD})(${ELIDED}) ?' ?(?=${WORD})`, "gu");
  // In this order: a number; a word that keeps its apostrophe; a word cut short before a vowel; any other
  // word, with what may stand inside one; any other sign.
  const TOKEN = new RegExp([
    String.raw`\p{N}+(?:[.,:]\p{N}+)+(?![\p{L}\p{M}_])`,
    "aujourd'hui",
    `${ELIDED}'(?=${WORD})`,
    String.raw`${LETTER}+(?:[\-'·׳״\u200c\u200d]${LETTER}+)*`,
    String.raw`(\S\p{M}*)`,
  ].join("|"), "gu");
  const PRONOUNS = "je tu il elle on nous vous ils elles moi toi le la les lui leur y en ce".split(" ");
  const STOPS = new Set(".!?…;:");
  const DROPPED = new Set("'\"«»“”„()[]–—-");

  // The character that an HTML name ("eacute") or number ("#233") stands for. The browser knows them all.
  const entity = (written, name) => {
    const element = document.createElement("textarea"); // in it nothing but text can be
    element.innerHTML = `&${name};`;
    // Of "&regulators;" it reads the beginning, "&reg", and leaves the rest: that is no name.
    if (name[0] !== "#" && name !== "semi" && element.value.endsWith(";")) return written;
    return element.value.replace(NO_CHARACTER, "");
  };

  // Lower-case text with one kind of space, apostrophe and hyphen; letters with accents are one character.
  const clean = (text) => text
    .replace(ENTITY, entity)
    .normalize("NFC")
    .replace(/[‘’ʼ´`′＇]/g, "'")
    .replace(/[\u2010\u2011\uff0d]/g, "-")
    .replace(/\u200b/g, " ") // the zero-width space parts words
    .replace(INVISIBLE, "")
    .toLowerCase()
    .replace(/i\u0307/g, "i") // İ has two dots when small
    .normalize("NFC")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .replace(LOOSE_ELISION, "$1'");

  // "va-t-il" -> "va", "-t-il": a pronoun that a hyphen ties to its verb is a token of its own.
  const untied = (word) => {
    const parts = word.split("-"), pronouns = [];
    while (parts.length > 1 && PRONOUNS.includes(parts.at(-1)) && parts.join("-") !== "rendez-vous") {
      let pronoun = `-${parts.pop()}`;
      if (parts.length > 1 && parts.at(-1) === "t") pronoun = `-${parts.pop()}${pronoun}`;
      pronouns.unshift(pronoun);
    }
    return [parts.join("-"), ...pronouns];
  };

  const tokenize = (text) => {
    const cleaned = clean(text), tokens = [];
    const pattern = new RegExp(TOKEN); // with a place of its own in the text
    for (let found; (found = pattern.exec(cleaned)); ) {
      let end = pattern.lastIndex;
      while (found[1] && cleaned[end] === "\u200d") { // a symbol joined of several, such as 👩‍🍳
        const next = new Intl.Segmenter().segment(cleaned).containing(end + 1);
        end = next.index + next.segment.length;
      }
      pattern.lastIndex = end;
      const token = cleaned.slice(found.index, end);
      tokens.push(...(token.includes("-") ? untied(token) : [token]));
    }
    return tokens;
  };

  // What a person typed, without signs that the model does not know; "oe" is read as "œ" where only that
  // is known. `knows` has all words of the model.
  const read = (text, knows) => {
    const tokens = tokenize(text)
      .filter((token) => knows.has(token) || !DROPPED.has(token))
      .map((token) => {
        const ligature = token.replaceAll("oe", "œ");
        return !knows.has(token) && knows.has(ligature) ? ligature : token;
      });
    const goes = (token) => token === "," || (STOPS.has(token) && !knows.has(token));
    while (tokens.length && goes(tokens[0])) tokens.shift();
    while (tokens.length && goes(tokens.at(-1))) tokens.pop();
    return tokens;
  };

  // How many letters two words share in one order: the longest common piece, and the same on its left and
  // on its right (Ratcliff and Obershelp's measure, as in Python's difflib).
  const shared = (a, b) => {
    let size = 0, startA = 0, startB = 0;
    for (let i = 0; i < a.length; i++)
      for (let j = 0; j < b.length; j++) {
        let k = 0;
        while (i + k < a.length && j + k < b.length && a[i + k] === b[j + k]) k++;
        if (k > size) [size, startA, startB] = [k, i, j];
      }
    if (!size) return 0;
    return size + shared(a.slice(0, startA), b.slice(0, startB)) +
      shared(a.slice(startA + size), b.slice(startB + size));
  };

  // Up to 3 of `words` spelt most like `word`, nearest first: difflib.get_close_matches.
  const nearest = (word, words) => {
    const letters = [...word], close = [];
    for (const known of words) {
      const others = [...known], both = letters.length + others.length;
      if ((2 * Math.min(letters.length, others.length)) / both < 0.6) continue; // they share too little
      const ratio = (2 * shared(others, letters)) / both;
      if (ratio >= 0.6) close.push([ratio, known]);
    }
    close.sort(([p, a], [q, b]) => q - p || (a < b ? 1 : -1));
    return close.slice(0, 3).map(([, known]) => known);
  };

  // What the page says of a sentence that it can't translate, as course_utils/widgets/typing_field.py does.
  // `data` is what course_utils/widgets/page_translator.py writes.
  const open = (data) => {
    const knows = new Set(data.source), words = data.source.slice(4); // without <pad>, <bos>, <eos>, <unk>

    const explain = (word) => {
      const near = nearest(word, words).map((known) => `“${known}”`).join(" or ");
      return `the model does not know “${word}”${near && `, but it knows ${near}`}`;
    };

    const complain = (tokens) => {
      if (!tokens.length) return "there is nothing to translate; type a sentence";
      const unknown = [...new Set(tokens)].filter((token) => !knows.has(token));
      if (unknown.length) return unknown.map(explain).join("; ");
      if (!data.places || tokens.length <= data.places) return "";
      return `location-based attention has weights for ${data.places} source words, but the source has ` +
        `${tokens.length}; use a score that looks at the states`;
    };

    // { tokens, message }: without tokens the message says why there are none, and beside them it warns.
    return (text) => {
      const tokens = read(text, knows), n = tokens.length;
      if (n > data.longest)
        return { message: `That is ${n} words; at most ${data.longest} are translated here.` };
      if (tokens.some((token) => STOPS.has(token) && !knows.has(token)))
        return { message: "One sentence at a time, please: this one has a stop in the middle." };
      // The course's own sentences have no full stop.
      const isEnd = (token) => [".", "!", "?"].includes(token) && !data.ends.includes(token);
      while (tokens.length && isEnd(tokens.at(-1))) tokens.pop();
      const wrong = complain(tokens);
      if (wrong) return { message: `${wrong[0].toUpperCase()}${wrong.slice(1)}.` };
      const warning =
        `That is ${n} words; the course's models learnt from at most ${data.trained}: expect mistakes.`;
      return { tokens, message: n > data.trained ? warning : "" };
    };
  };

  return { clean, tokenize, nearest, open };
})();
