"""The grammar of the corpus's second edition: an open fragment of French, closed under its own rules.

| part | what there is |
|---|---|
| nouns | both numbers (but what can't be counted); le, un, du, ce, mon … leur, numbers, beaucoup de, chaque |
| adjectives | four forms, before and after the noun, très, trop; after être; plus, moins, aussi … que |
| whose | le chat de julie, la porte de la maison, un gâteau au chocolat |
| persons | je, tu, il, elle, on, nous, vous, ils, elles, names, nouns, two of them |
| tenses | présent, passé composé, imparfait, futur, aller + infinitive, imperative |
| before a verb | vouloir, pouvoir, devoir, aimer |
| denied | pas, jamais, plus, rien; de in place of un |
| objects | nouns; me te le la les nous vous, lui leur, y, en (with a number, too); none, where a verb can |
| asked | est-ce que, inversion (of nouns, too), by the mark alone; où quand pourquoi qui que quel combien |
| being | être with an adjective, a place, a profession; avoir faim …, avoir dix ans; il y a; c'est, ce sont |
| weather, time | il pleut, il neige, il fait froid …, il est midi … |
| adverbs | time in front (comma or none) and at the end; places; how; how often; plus vite que |
| joined | et mais donc puis ou, the comma; two verbs of a subject; qui que où; pour, avant de, sans |
| under another | quand si parce que pendant que, before and after; a question or an order at the end |

English is a function of the French. Présent is "eats", passé composé "ate", imparfait "was eating" (of a
state: "liked"), futur "will eat". A pronoun of the third person means the last subject that fits, or else the
last other thing; without any, il is "he". Son and sa are "his", "her" or "its" as the clause's subject is.
"""
