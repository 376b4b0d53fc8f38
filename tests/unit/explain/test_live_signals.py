"""Which lines of a growing log can end a wait for the next error."""

import pytest

from sygaldry import explain


def errors(text: str) -> list[str]:
    return [each.text for each in explain.signs(f"before\n{text}\nafter\n".encode()) if each.level == "error"]


@pytest.mark.parametrize(
    "line",
    [
        "epoch 2 loss: nan",
        "step 17 loss=nan lr=0.1",
        "{'loss': nan, 'grad_norm': nan, 'epoch': 0.1}",
        "train_loss: NaN",
        "FloatingPointError: loss is nan at step 17, stopping",
        " 75%|#######5  | 3/4 [00:01<00:02,  1.0it/s, loss=nan]",
    ],
)
def test_a_loss_that_is_not_a_number_is_an_error_at_its_step(line: str) -> None:
    assert errors(line) == [line.strip()] or errors(line) == [line]


@pytest.mark.parametrize(
    "line",
    ["epoch 2 loss: 0.5", "val_loss=nan", "loss: nano", "loss: nan_to_num used", "total: nan", "nan"],
)
def test_other_numbers_and_names_are_none(line: str) -> None:
    assert errors(line) == []
