#!/bin/sh
legal_token='type == "string" and length > 0'
has_token=maybe
bearer='^Bearer [A-Za-z0-9._~+/-]+$'
