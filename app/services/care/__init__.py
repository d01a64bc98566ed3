"""Looking after partners: results, changes of terms, compliance cases, broadcasts, work done together."""
