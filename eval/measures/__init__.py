"""What is measured. Each measure looks at one question and one response; means, intervals and curves over
many are made elsewhere (`eval.statistics`, `eval.summary`).
"""
