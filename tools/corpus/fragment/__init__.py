"""The grammar of the corpora: a fragment of French, closed under its own rules.

| part | what there is |
|---|---|
| nouns | both numbers (but what can't be counted); le, un, du, ce, mon … leur, numbers, beaucoup de, trop de, tout, chaque, quelques |
| adjectives | four forms, before and after the noun, très, trop; after être; plus, moins, aussi … que; le plus …; une plus grande maison |
| whose | le chat de julie, la porte de la maison, un gâteau au chocolat, un livre sur les chats; le mien; à moi, à julie |
| persons | je, tu, il, elle, on, nous, vous, ils, elles, names, nouns, two of them, tout le monde; julie et moi; moi, je; le mien |
| tenses | présent, passé composé, imparfait, futur, aller + infinitive, imperative |
| before a verb | vouloir, pouvoir, devoir, aimer, apprendre à; il faut |
| denied | pas, jamais, plus, rien, personne; personne ne; de in place of un |
| objects | nouns, up to three; me te le la les nous vous, lui leur, le lui, y, en (with a number, too); ça, ce que tu veux; none, where a verb can |
| asked | est-ce que, inversion (of nouns, too), by the mark alone; où quand comment pourquoi à quelle heure qui que quel combien, avec qui |
| being | être with an adjective, a place, a profession, pour moi; avoir faim …, avoir dix ans; il y a; c'est, ce sont; c'est ici que … |
| weather, time | il pleut, il neige, il fait froid (moins froid qu'hier) …, il est midi …; told and asked; le train part à midi |
| adverbs | depuis; time in front (comma or none) and at the end; places; how; how often; plus vite que |
| joined | et mais donc puis ou, the comma, "!"; two or three verbs of a subject (a dansé, ri et mangé); qui que où; pour, avant de, sans |
| said as it is | bonjour, merci, s'il te plaît, oui, non, bien sûr; les enfants, julie (who is spoken to); a noun, a place, a time alone; quel beau chat; les clés ? je les ai perdues |
| at the end | et julie aussi, mais pas julie, non ? |
| under another | quand si parce que pendant que, before and after; a question or an order at the end |

English is a function of the French. Présent is "eats" (but "il pleut" is "it is raining", if it is not under quand or si), passé composé "ate", imparfait "was eating" (of a
state: "liked"), futur "will eat". A pronoun of the third person means the last subject that fits, or else the
last other thing; without any, il is "he". Son and sa are "his", "her" or "its" as the clause's subject is.
"""
