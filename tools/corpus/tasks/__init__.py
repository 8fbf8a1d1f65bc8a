"""The two grammars of the tasks in English: reports and headlines, facts and answers."""
