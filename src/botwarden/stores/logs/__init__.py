"""Records into a folder of logs, one file per record type, in the formats of Zeek, JSON, ECS and Parquet."""
