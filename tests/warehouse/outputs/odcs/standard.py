"""The Open Data Contract Standard's own schema, as its official package ships it."""

import json
from importlib.resources import files

import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

SCHEMA = files("open_data_contract_standard").joinpath("schema.json")
VALIDATOR = Draft201909Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def loaded(text: str) -> OpenDataContractStandard:
    """A contract read from YAML. As `from_string`, whose parser takes seven times as long."""
    return OpenDataContractStandard(**yaml.load(text, Loader=yaml.CSafeLoader))


def faults(contract: OpenDataContractStandard) -> list[str]:
    """What of a contract is not as the standard says; nothing if all is."""
    said = contract.model_dump(by_alias=True, exclude_none=True)
    return [f"{one.json_path}: {one.message[:200]}" for one in VALIDATOR.iter_errors(said)]
